"""Commands about the contacts of somebody's address book (OFC-10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.protocol.office.address_book import (
    AddressContactCreated,
    AddressContactDeleted,
    AddressContactUpdated,
    CreateAddressContact,
    DeleteAddressContact,
    UpdateAddressContact,
)
from office.domain import address
from office.domain.address import AddressContact
from office.store import address_book


def create_address_contact(change: Change, command: CreateAddressContact) -> dict[str, Any]:
    """A contact of the caller's."""
    made = address.created(change.new_id(), change.context.authenticated().id, command)
    address_book.insert(change.connection, made, change.now)
    change.record(AddressContactCreated(contact_id=made.id, owner_id=made.owner_id))
    return {"contact": made.id}


def update_address_contact(change: Change, command: UpdateAddressContact) -> dict[str, Any]:
    """The contact with other values."""
    before = _own(change, command.id)
    after = address.updated(before, command)
    if after != before:
        address_book.save(change.connection, replace(after, version=before.version + 1), change.now)
        change.record(AddressContactUpdated(contact_id=after.id, owner_id=after.owner_id))
    return {"contact": after.id}


def delete_address_contact(change: Change, command: DeleteAddressContact) -> dict[str, Any]:
    """The contact is gone."""
    gone = _own(change, command.id)
    address_book.delete(change.connection, gone.id)
    change.record(AddressContactDeleted(contact_id=gone.id, owner_id=gone.owner_id))
    return {"deleted_id": gone.id}


def _own(change: Change, contact_id: UUID) -> AddressContact:
    found = address_book.locked(change.connection, contact_id)
    if found is None or found.owner_id != change.context.authenticated().id:
        raise CommonRules.the_record_was_not_found(field="id")
    return found
