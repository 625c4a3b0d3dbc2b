"""A lead becomes a customer and a contact, in one transaction (CUS-43)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change, Usecase
from crm_common.editing import expect_version
from crm_common.protocol.customer.contacts import ContactNumber, CreateContact
from crm_common.protocol.customer.customers import CreateCustomer
from crm_common.protocol.customer.lead_rules import LeadRules
from crm_common.protocol.customer.leads import ConvertLead, LeadConverted
from crm_common.protocol.customer.service import CustomerKind, Holding
from customer.adapters.phones import Phones
from customer.domain import lead as domain
from customer.domain.lead import Lead
from customer.store import leads
from customer.usecases import access, contacts, customers
from customer.usecases.customers import DuplicateFoundError
from customer.usecases.leads import owned, told


def convert_lead(phones: Phones) -> Usecase:
    """A lead of one's own becomes a customer and a contact; nothing of it happens without the rest."""

    def run(change: Change, command: ConvertLead) -> dict[str, Any]:
        lead = owned(change, command.id)
        domain.expect_status(lead, domain.WORKED_ON)
        expect_version(lead.version, command.version)
        number = _number(change, phones, lead, command)
        customer_id, linked = _customer(change, phones, lead, command, number)
        given = CreateContact(
            customer_id=customer_id, name=lead.name, phones=(ContactNumber(number=number),), email=lead.email
        )
        contact_id = contacts.create_contact(phones)(change, given)["contact"]
        after = domain.converted(lead, customer_id, contact_id)
        leads.save(change.connection, after, change.now)
        about: dict[str, Any] = {"customer_id": customer_id, "contact_id": contact_id, "linked": linked}
        about |= {"source": lead.source, "campaign": lead.campaign}
        change.record(told(LeadConverted, lead, after, about))
        return {"lead": lead.id, "customer": customer_id, "contact": contact_id, "linked": linked}

    return run


def _number(change: Change, phones: Phones, lead: Lead, command: ConvertLead) -> str:
    sealed = leads.sealed_phone(change.connection, lead.id)
    if sealed is None:
        if not (command.phone or "").strip():
            raise LeadRules.a_customer_needs_a_phone(field="phone")
        return str(command.phone)
    if command.phone is not None:
        raise LeadRules.the_lead_has_a_phone(field="phone")
    return phones.opened(sealed, "lead", lead.id)


def _customer(change: Change, phones: Phones, lead: Lead, command: ConvertLead, number: str) -> tuple[UUID, bool]:
    """The new customer, or the one that exists and is in the caller's reach."""
    kind = command.kind or (CustomerKind.COMPANY if lead.company else CustomerKind.PERSON)
    name = lead.company if kind is CustomerKind.COMPANY and lead.company else lead.name
    given = CreateCustomer(
        kind=kind,
        name=name,
        phone=number,
        email=lead.email,
        region=lead.region,
        industry=lead.industry,
        source=lead.source,
        level=lead.level,
        remark=lead.remark,
        custom=command.custom,
    )
    try:
        return customers.create_customer(phones)(change, given)["customer"], False
    except DuplicateFoundError as refusal:
        found = refusal.found
        if found.holding is not Holding.OWNED or found.owner_id is None:
            raise
        if not access.reaches(change, change.context.authenticated(), found.owner_id):
            raise
        return found.id, True
