"""Contacts (CUS-27): the people at a customer, with their numbers masked as the customer's own (CUS-14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.protocol.customer.service import (
    VERSION_DOC,
    ContactId,
    CustomerId,
    Line,
    Name,
    Phone,
    Text,
    Version,
    customer,
)
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, Personal, given
from crm_common.protocol.policy import needs
from crm_common.protocol.views import child, shown

if TYPE_CHECKING:
    from crm_common.protocol.customer.customers import CustomerView

SEE_PEOPLE = needs("customer.view", "customer.view_team", "customer.view_card", "pool.view")
"""What belongs to a customer is seen by whoever sees the customer."""
EDIT = needs("customer.edit")

Social = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,30}:.{1,160}$")]
Socials = Annotated[tuple[Social, ...], Meta(max_length=20)]


class DecisionRole(StrEnum):
    """The part somebody plays when his company decides."""

    DECIDER = "DECIDER"
    """Decides (决策人)."""
    INFLUENCER = "INFLUENCER"
    """Is listened to (影响人)."""
    BUYER = "BUYER"
    """Handles the purchase (采购人)."""
    USER = "USER"
    """Works with it (使用人)."""
    GATEKEEPER = "GATEKEEPER"
    """Lets one through, or not (把关人)."""
    OTHER = "OTHER"
    """Some other part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactNumber:
    """A phone number of a contact."""

    label: Line | None = given("What kind of number it is: mobile, office …", default=None)
    number: Phone = given("The number as people write it.")


Numbers = Annotated[tuple[ContactNumber, ...], Meta(max_length=10)]


@customer.view(SEE_PEOPLE)
@dataclass(slots=True, kw_only=True)
class ContactPhoneView:
    """A phone number of a contact."""

    id: UUID = shown("Its id.")
    label: str | None = shown("What kind of number it is.")
    number: str = shown("The number: in full for the customer's owner, masked for everybody else.", masked=True)


@customer.view(SEE_PEOPLE)
@dataclass(slots=True, kw_only=True)
class ContactView:
    """Somebody at a customer; seen by whoever sees the customer."""

    id: UUID = shown("The id.", filterable=True)
    customer_id: CustomerId = shown("The customer.", filterable=True)
    name: str = shown("The name.", filterable=True, sortable=True)
    title: str | None = shown("The title (职务).", filterable=True)
    department: str | None = shown("The department.", filterable=True)
    email: str | None = shown("The e-mail address.", filterable=True)
    address: str | None = shown("The mailing address.", filterable=True)
    birthday: date | None = shown("The birthday.", filterable=True, sortable=True)
    hobbies: str | None = shown("The hobbies.", filterable=True)
    social: list[str] = shown("Social accounts, each as kind:name (wechat:zhangsan).")
    role: DecisionRole | None = shown("The part played in decisions.", filterable=True)
    remark: str | None = shown("What else is known.", filterable=True)
    created_at: datetime = shown("When it was created.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last changed.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    phones: list[ContactPhoneView] = child("The phone numbers, in their order.", limit=10)
    customer: CustomerView | None = child("The customer; null when it is out of the viewer's scope.")


customer.searchable(ContactView, title="name", details=("title",))


@customer.query(SEE_PEOPLE, returns=ContactView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts(ListQuery):
    """Contacts of the customers one sees, an address book: by name."""

    customer_id: CustomerId | None = given("Only those of this customer, oldest first.", default=None)
    phone: Phone | None = given("Only those with this number; the whole number.", default=None)


@customer.query(SEE_PEOPLE, returns=ContactView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsByIds(GetQuery):
    """Contacts by id, of the customers one sees."""


@customer.command(EDIT, returns={"contact": ContactView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateContact(Command):
    """Add a contact to a customer in one's own name, or in that of somebody in one's data scope."""

    customer_id: CustomerId = given("The customer.")
    name: Name = given("The name.")
    title: Line | None = given("The title (职务).", default=None)
    department: Line | None = given("The department.", default=None)
    phones: Numbers = given("The phone numbers, the first one first.", default=())
    email: Line | None = given("The e-mail address.", default=None)
    address: Line | None = given("The mailing address.", default=None)
    birthday: date | None = given("The birthday.", default=None)
    hobbies: Line | None = given("The hobbies.", default=None)
    social: Socials = given("Social accounts, each as kind:name (wechat:zhangsan).", default=())
    role: DecisionRole | None = given("The part played in decisions.", default=None)
    remark: Text | None = given("What else is known.", default=None)


@customer.command(EDIT, returns={"contact": ContactView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateContact(Command):
    """Edit a contact. Fields that are left out stay as they are."""

    id: ContactId = given("The contact.")
    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("The name.", default=UNSET)
    title: Line | UnsetType | None = given("The title (职务).", default=UNSET)
    department: Line | UnsetType | None = given("The department.", default=UNSET)
    phones: Numbers | UnsetType = given("All phone numbers, instead of those there are.", default=UNSET)
    email: Line | UnsetType | None = given("The e-mail address.", default=UNSET)
    address: Line | UnsetType | None = given("The mailing address.", default=UNSET)
    birthday: date | UnsetType | None = given("The birthday.", default=UNSET)
    hobbies: Line | UnsetType | None = given("The hobbies.", default=UNSET)
    social: Socials | UnsetType = given("All social accounts.", default=UNSET)
    role: DecisionRole | UnsetType | None = given("The part played in decisions.", default=UNSET)
    remark: Text | UnsetType | None = given("What else is known.", default=UNSET)


@customer.command(EDIT, returns={"deleted_id": ContactId})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteContact(Command):
    """Delete a contact; what was written about it stays in the history."""

    id: ContactId = given("The contact.")
    version: Version = given(VERSION_DOC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEvent(Event):
    """What every event of a contact tells. Numbers stand in it as their masks."""

    personal = Personal(of="customer_id", fields=("name",), changes=("",))
    contact_id: UUID
    customer_id: UUID
    owner_id: UUID | None
    name: str
    changes: Changes


@customer.event("contact.created", subject="contact_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCreated(ContactEvent):
    """A contact was added."""


@customer.event("contact.updated", subject="contact_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContactUpdated(ContactEvent):
    """A contact was edited."""


@customer.event("contact.deleted", subject="contact_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDeleted(ContactEvent):
    """A contact was deleted."""
