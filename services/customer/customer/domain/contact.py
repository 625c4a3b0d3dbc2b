"""Contacts (CUS-27): what is known of somebody at a customer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from msgspec import UNSET

from crm_common.editing import chosen, difference, expect_version
from crm_common.protocol.customer.contacts import (
    ContactCreated,
    ContactDeleted,
    ContactEvent,
    ContactNumber,
    ContactUpdated,
    CreateContact,
    DecisionRole,
    UpdateContact,
)
from crm_common.protocol.customer.people_rules import PeopleRules
from crm_common.protocol.customer.rules import CustomerRules
from customer.domain import phone
from customer.domain.names import cleaned

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
E = TypeVar("E", bound=ContactEvent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact without the numbers themselves: ``phones`` are their masks, as events tell them."""

    id: UUID
    customer_id: UUID
    name: str
    title: str | None
    department: str | None
    email: str | None
    address: str | None
    birthday: date | None
    hobbies: str | None
    social: tuple[str, ...]
    role: DecisionRole | None
    remark: str | None
    phones: tuple[str, ...] = ()
    version: int = field(default=1, compare=False)


FIELDS = tuple(each.name for each in fields(Contact) if each.name not in ("id", "customer_id", "phones", "version"))


@dataclass(frozen=True, slots=True)
class Number:
    """A phone number in its normal form."""

    label: str | None
    number: str


def numbers(given: Sequence[ContactNumber]) -> list[Number]:
    """The numbers in their normal form; ``VALIDATION`` names the wrong one by its place."""
    found: list[Number] = []
    for place, each in enumerate(given):
        number = phone.normalised(each.number, field=f"phones.{place}.number")
        if number in {known.number for known in found}:
            raise PeopleRules.a_contact_has_each_number_once(field=f"phones.{place}.number")
        found.append(Number((each.label or "").strip() or None, number))
    return found


def created(contact_id: UUID, command: CreateContact, found: Sequence[Number], today: date) -> Contact:
    """A new contact."""
    known = {name: getattr(command, name) for name in FIELDS}
    contact = Contact(id=contact_id, customer_id=command.customer_id, phones=masks(found), **known)
    return _checked(contact, today)


def updated(contact: Contact, command: UpdateContact, found: Sequence[Number] | None, today: date) -> Contact:
    """The contact with other data; the same again when nothing is different. ``found``: the new numbers, if any."""
    expect_version(contact.version, command.version)
    known: dict[str, Any] = {name: chosen(getattr(command, name), getattr(contact, name)) for name in FIELDS}
    phones = contact.phones if found is None or command.phones is UNSET else masks(found)
    return _checked(replace(contact, phones=phones, **known), today)


def told(kind: type[E], before: Contact | None, after: Contact | None, owner_id: UUID | None) -> E:
    """The event of a change; ``before`` None: there was nothing, ``after`` None: there is nothing any more."""
    of = after or before
    assert of is not None
    changes = difference(before, after, without=("id", "customer_id", "version"))
    return kind(contact_id=of.id, customer_id=of.customer_id, owner_id=owner_id, name=of.name, changes=changes)


def masks(found: Sequence[Number]) -> tuple[str, ...]:
    """The numbers as others see them."""
    return tuple(phone.mask(each.number) for each in found)


def _checked(contact: Contact, today: date) -> Contact:
    texts: dict[str, Any] = {
        name: value.strip() or None for name in FIELDS if isinstance(value := getattr(contact, name), str)
    }
    after = replace(contact, **(texts | {"role": contact.role, "name": cleaned(contact.name)}))
    after = replace(after, social=tuple(contact.social))
    if after.birthday is not None and after.birthday > today:
        raise CustomerRules.a_day_of_birth_has_passed(field="birthday")
    if after.email is not None and not _EMAIL.fullmatch(after.email):
        raise CustomerRules.an_email_has_a_name_and_a_host(field="email")
    return after


__all__ = [
    "FIELDS", "Contact", "ContactCreated", "ContactDeleted", "ContactUpdated", "Number", "created", "masks", "numbers",
    "told", "updated",
]  # fmt: skip
