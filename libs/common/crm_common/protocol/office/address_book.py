"""The address book (通讯录, OFC-10): the colleagues of the company, and contacts that somebody keeps for himself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.service import VERSION_DOC, EmployeeId, Version, office
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, shown

AddressContactId = Annotated[UUID, Ref("AddressContact")]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Line = Annotated[str, Meta(max_length=200)]


class AddressRules(Rules):
    """Refusals of the address book."""

    an_address_has_a_name = Rule(Code.VALIDATION, en="Give the contact a name.", zh="请填写联系人姓名。")
    this_is_no_address_for_mail = Rule(Code.VALIDATION, en="This is no e-mail address.", zh="邮箱地址格式不正确。")


class AddressKind(StrEnum):
    """Where somebody in the address book comes from."""

    COLLEAGUE = "COLLEAGUE"
    """Works here (同事)."""
    CONTACT = "CONTACT"
    """Kept by the viewer for himself (个人联系人)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBookEntry:
    """Somebody in the address book."""

    kind: AddressKind
    """Where he comes from."""
    employee_id: EmployeeId | None
    """The colleague; null for a contact of one's own."""
    contact_id: AddressContactId | None
    """The contact of one's own; null for a colleague."""
    name: str
    """His name."""
    company: str | None
    """Of a contact: the company; of a colleague: the department."""
    title: str | None
    """What he is there."""
    phone: str | None
    """His phone; of a colleague as identity shows it to the viewer, null while it does not."""
    email: str | None
    """His e-mail address; of a colleague as identity shows it to the viewer, null while it does not."""
    mail_link: str | None
    """What opens a mail to him in the viewer's own program (mailto:)."""


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class AddressContactView:
    """A contact that the viewer keeps for himself; nobody else sees it."""

    id: UUID = shown("The id.")
    name: str = shown("His name.", filterable=True, sortable=True)
    company: str | None = shown("Where he works.", filterable=True)
    title: str | None = shown("What he is there.")
    phone: str | None = shown("His phone.", filterable=True)
    email: str | None = shown("His e-mail address.", filterable=True)
    remark: str | None = shown("What else is known.")
    created_at: datetime = shown("When he was entered.", sortable=True)
    updated_at: datetime = shown("When he was last changed.", sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@office.query(AUTHENTICATED, returns=tuple[AddressBookEntry, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBook:
    """Colleagues and one's own contacts, by name."""

    search: Annotated[str, Meta(max_length=50)] | None = given(
        "A part of the name, or the beginning of its pinyin or initials.", default=None
    )
    kinds: Annotated[tuple[AddressKind, ...], Meta(max_length=2)] = given(
        "Only of these kinds; absent: all.", default=()
    )
    first: Annotated[int, Meta(ge=1, le=100)] = given("How many.", default=50)
    skip: Annotated[int, Meta(ge=0, le=100_000)] = given("How many to leave out from the beginning.", default=0)


@office.query(AUTHENTICATED, returns=AddressContactView)
@dataclass(frozen=True, slots=True, kw_only=True)
class AddressContacts(ListQuery):
    """The viewer's own contacts, by name."""


@office.query(AUTHENTICATED, returns=AddressContactView)
@dataclass(frozen=True, slots=True, kw_only=True)
class AddressContactsByIds(GetQuery):
    """The viewer's own contacts by id."""


@office.command(AUTHENTICATED, returns={"contact": AddressContactView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAddressContact(Command):
    """Keep a contact for oneself."""

    name: Name = given("His name.")
    company: Line | None = given("Where he works.", default=None)
    title: Line | None = given("What he is there.", default=None)
    phone: Line | None = given("His phone.", default=None)
    email: Line | None = given("His e-mail address.", default=None)
    remark: Line | None = given("What else is known.", default=None)


@office.command(AUTHENTICATED, returns={"contact": AddressContactView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateAddressContact(Command):
    """Change one's contact. Fields that are left out stay as they are."""

    id: AddressContactId = given("The contact.")
    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("His name.", default=UNSET)
    company: Line | UnsetType | None = given("Where he works.", default=UNSET)
    title: Line | UnsetType | None = given("What he is there.", default=UNSET)
    phone: Line | UnsetType | None = given("His phone.", default=UNSET)
    email: Line | UnsetType | None = given("His e-mail address.", default=UNSET)
    remark: Line | UnsetType | None = given("What else is known.", default=UNSET)


@office.command(AUTHENTICATED, returns={"deleted_id": AddressContactId})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteAddressContact(Command):
    """Forget one's contact."""

    id: AddressContactId = given("The contact.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressContactEvent(Event):
    """What every event of a contact tells: whose it is, and nothing of what it says."""

    contact_id: UUID
    owner_id: UUID


@office.event("address_contact.created", subject="contact_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AddressContactCreated(AddressContactEvent):
    """A contact was entered."""


@office.event("address_contact.updated", subject="contact_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AddressContactUpdated(AddressContactEvent):
    """A contact was changed."""


@office.event("address_contact.deleted", subject="contact_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AddressContactDeleted(AddressContactEvent):
    """A contact was forgotten."""
