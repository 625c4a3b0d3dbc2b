"""A contact that somebody keeps for himself, and how people are found by their names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import quote
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.protocol.office.address_book import AddressRules, CreateAddressContact, UpdateAddressContact
from crm_common.search.tokens import normal, readings

# as browsers check what is typed into a field for it; who really gets mail only mail can tell
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_KEPT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressContact:
    """A contact as it stands."""

    id: UUID
    owner_id: UUID
    name: str
    company: str | None
    title: str | None
    phone: str | None
    email: str | None
    remark: str | None
    version: int = field(default=1, compare=False)


def created(contact_id: UUID, owner_id: UUID, command: CreateAddressContact) -> AddressContact:
    """A new contact."""
    return AddressContact(
        id=contact_id,
        owner_id=owner_id,
        name=_named(command.name),
        company=_text(command.company),
        title=_text(command.title),
        phone=_text(command.phone),
        email=_mail(command.email),
        remark=_text(command.remark),
    )


def updated(before: AddressContact, command: UpdateAddressContact) -> AddressContact:
    """The contact after the command; equal to the one before where nothing changes."""
    expect_version(before.version, command.version)
    return replace(
        before,
        name=_named(chosen(command.name, before.name)),
        company=_text(chosen(command.company, before.company)),
        title=_text(chosen(command.title, before.title)),
        phone=_text(chosen(command.phone, before.phone)),
        email=_mail(chosen(command.email, before.email)),
        remark=_text(chosen(command.remark, before.remark)),
    )


def is_called(name: str, sought: str) -> bool:
    """Whether somebody of this name is meant: by a part of it, or the beginning of its pinyin or initials."""
    part = normal(sought).replace(" ", "")
    plain, read = _read(name)
    return part in plain or any(each.startswith(part) for each in read)


def mail_link(email: str | None) -> str | None:
    """What opens a mail to this address; None where there is none that could be written to."""
    if email is None or _MAIL.fullmatch(email.strip()) is None:
        return None
    return f"mailto:{quote(email.strip(), safe='@')}"


@lru_cache(maxsize=_KEPT)
def _read(name: str) -> tuple[str, frozenset[str]]:
    plain = normal(name)
    whole, parts = readings(plain)
    return plain.replace(" ", ""), frozenset(whole | parts)


def _named(name: str) -> str:
    if not name.strip():
        raise AddressRules.an_address_has_a_name(field="name")
    return name.strip()


def _mail(email: str | None) -> str | None:
    found = _text(email)
    if found is not None and _MAIL.fullmatch(found) is None:
        raise AddressRules.this_is_no_address_for_mail(field="email")
    return found


def _text(value: str | None) -> str | None:
    return (value or "").strip() or None
