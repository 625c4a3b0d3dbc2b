"""Commands about contacts (CUS-27)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import UNSET

from crm_common.changes import Change, Usecase
from crm_common.days import today
from crm_common.editing import expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.customer.contacts import (
    ContactCreated,
    ContactDeleted,
    ContactUpdated,
    CreateContact,
    DeleteContact,
    UpdateContact,
)
from customer.adapters.phones import Phones
from customer.domain import contact as domain
from customer.domain.contact import Contact
from customer.domain.customer import Held
from customer.store import contacts
from customer.usecases import access


def create_contact(phones: Phones) -> Usecase:
    """A new contact of a customer."""

    def run(change: Change, command: CreateContact) -> dict[str, Any]:
        owned = access.owned(change, command.customer_id, field="customer_id")
        numbers = domain.numbers(command.phones)
        added = domain.created(change.new_id(), command, numbers, today(change))
        contacts.insert(change.connection, added, by=change.context.authenticated().id, now=change.now)
        contacts.write_numbers(change.connection, added, numbers, phones, change.new_id)
        change.record(domain.told(ContactCreated, None, added, owned.owner_id))
        return {"contact": added.id}

    return run


def update_contact(phones: Phones) -> Usecase:
    """Other data of a contact."""

    def run(change: Change, command: UpdateContact) -> dict[str, Any]:
        owned, before = _owned(change, command.id)
        numbers = None if command.phones is UNSET else domain.numbers(command.phones)
        after = domain.updated(before, command, numbers, today(change))
        renumbered = numbers is not None and [
            (each.label, phones.index(each.number)) for each in numbers
        ] != contacts.indexes(change.connection, before.id)
        if after == before and not renumbered:
            return {"contact": before.id}
        contacts.save(change.connection, after, change.now)
        if renumbered and numbers is not None:
            contacts.forget_numbers(change.connection, after.id)
            contacts.write_numbers(change.connection, after, numbers, phones, change.new_id)
        change.record(domain.told(ContactUpdated, before, after, owned.owner_id))
        return {"contact": after.id}

    return run


def delete_contact(change: Change, command: DeleteContact) -> dict[str, Any]:
    """The end of a contact."""
    owned, before = _owned(change, command.id)
    expect_version(before.version, command.version)
    contacts.delete(change.connection, before.id, change.now)
    change.record(domain.told(ContactDeleted, before, None, owned.owner_id))
    return {"deleted_id": before.id}


def _owned(change: Change, contact_id: UUID) -> tuple[Held, Contact]:
    """The contact under its customer's lock, which the caller may change."""
    customer_id = contacts.customer_of(change.connection, contact_id)
    if customer_id is None:
        raise CommonRules.the_record_was_not_found(field="id")
    owned = access.owned(change, customer_id)
    found = contacts.get(change.connection, contact_id)
    if found is None:
        # deleted while we waited for the lock
        raise CommonRules.the_record_was_not_found(field="id")
    return owned, found
