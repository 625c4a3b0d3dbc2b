"""Imports of contacts (IOX-01): a batch of rows becomes contacts of customers that the importer may change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from crm_common import codec
from crm_common.changes import Change
from crm_common.errors import CommonRules, CrmError
from crm_common.exchange.rows import ReadRow
from crm_common.imports import Batch, Outcome, RowResult
from crm_common.protocol.customer.contacts import ContactDeleted, CreateContact, UpdateContact
from crm_common.protocol.customer.exchange import ExchangeOfCustomersRules
from crm_common.protocol.importing import DuplicatePolicy
from customer.adapters.phones import Phones, phones
from customer.domain import contact as domain
from customer.domain import phone
from customer.domain.names import folded
from customer.store import contact_arrivals, contacts, held
from customer.usecases import access
from customer.usecases.contacts import create_contact, update_contact

NUMBERS = ("phone", "phone_2")
"""The columns of a contact's numbers."""
_OF_THE_CUSTOMER = ("customer", "customer_phone")


def write_contacts(change: Change, batch: Batch) -> list[RowResult]:
    """Contacts, one by one: a customer has somebody once, by name and (where the row gives one) number."""
    change.require("customer.import")
    sealing = phones(batch.host)
    return [_entered(change, batch, sealing, row) for row in batch.rows]


def take_back(change: Change, ids: Sequence[UUID]) -> list[CrmError | None]:
    """Remove what an import brought and nobody has changed since."""
    return [_taken_back(change, each) for each in ids]


def _taken_back(change: Change, contact_id: UUID) -> CrmError | None:
    customer_id = contacts.customer_of(change.connection, contact_id)
    rows = held.locked(change.connection, [customer_id]) if customer_id else []
    before = contacts.get(change.connection, contact_id)
    if before is None or not rows or before.version != 1:
        return ExchangeOfCustomersRules.the_record_was_worked_with()
    contacts.delete(change.connection, contact_id, change.now)
    change.record(domain.told(ContactDeleted, before, None, rows[0].owner_id))
    return None


def _entered(change: Change, batch: Batch, sealing: Phones, row: ReadRow) -> RowResult:
    try:
        customer_id = _customer(change, sealing, row)
        numbers = [row.values[name] for name in NUMBERS if name in row.values]
        first = sealing.index(phone.normalised(numbers[0])) if numbers else None
        there = contact_arrivals.same(change.connection, customer_id, folded(row.values["name"]), first)
        if there is not None:
            return _met(change, batch, sealing, row, there)
        told = _told(row) | {"phones": [{"number": each} for each in numbers]}
        command = codec.from_builtins({"customer_id": str(customer_id), **told}, CreateContact)
        made: UUID = create_contact(sealing)(change, command)["contact"]
    except CrmError as refused:
        return RowResult(row.number, Outcome.FAILED, why=refused)
    return RowResult(row.number, Outcome.CREATED, made)


def _customer(change: Change, sealing: Phones, row: ReadRow) -> UUID:
    """The customer that the row names, locked, which the importer may change."""
    name, given = row.values["customer"], row.values.get("customer_phone")
    index = sealing.index(phone.normalised(given)) if given else None
    found = contact_arrivals.customers_named(change.connection, name, index)
    seen = [each for each in held.locked(change.connection, found) if access.sees(change, each)]
    if not seen:
        raise ExchangeOfCustomersRules.no_customer_is_named_so(field="customer", name=name)
    if len(seen) > 1:
        raise ExchangeOfCustomersRules.several_customers_are_named_so(field="customer", name=name)
    access.refuse_unless_owned(seen[0], field="customer")
    return seen[0].id


def _met(change: Change, batch: Batch, sealing: Phones, row: ReadRow, contact_id: UUID) -> RowResult:
    """What becomes of a row whose contact is there already; blanks overwrite nothing, numbers stay."""
    if batch.policy is not DuplicatePolicy.UPDATE:
        outcome = Outcome.FAILED if batch.policy is DuplicatePolicy.FAIL else Outcome.SKIPPED
        return RowResult(row.number, outcome, why=ExchangeOfCustomersRules.the_contact_is_there_already(field="name"))
    before = contacts.get(change.connection, contact_id)
    if before is None:
        raise CommonRules.the_record_was_changed_meanwhile(field="name")
    command = codec.from_builtins({"id": str(contact_id), "version": before.version, **_told(row)}, UpdateContact)
    update_contact(sealing)(change, command)
    return RowResult(row.number, Outcome.UPDATED, contact_id)


def _told(row: ReadRow) -> dict[str, Any]:
    without = (*_OF_THE_CUSTOMER, *NUMBERS)
    return {name: value for name, value in row.values.items() if name not in without}
