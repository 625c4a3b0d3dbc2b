"""What else belongs to a customer: relations to others (CUS-37), needs (CUS-34), important dates (CUS-28)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from msgspec import UNSET, UnsetType

from crm_common.protocol.customer.contacts import EDIT, SEE_PEOPLE
from crm_common.protocol.customer.service import (
    VERSION_DOC,
    ContactId,
    CustomerId,
    Line,
    Name,
    Text,
    Version,
    customer,
)
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, Personal, given
from crm_common.protocol.views import Ref, child, shown

if TYPE_CHECKING:
    from crm_common.protocol.customer.customers import CustomerView

RelationId = Annotated[UUID, Ref("Relation")]
NeedId = Annotated[UUID, Ref("Need")]
ImportantDateId = Annotated[UUID, Ref("ImportantDate")]


class RelationKind(StrEnum):
    """What another customer is to a customer."""

    PARENT = "PARENT"
    """Its parent company (上级公司)."""
    AFFILIATE = "AFFILIATE"
    """An affiliate (关联企业)."""
    PARTNER = "PARTNER"
    """A partner (合作伙伴)."""
    SUPPLIER = "SUPPLIER"
    """A supplier (供应商)."""


class NeedStatus(StrEnum):
    """What became of a need."""

    OPEN = "OPEN"
    """Still to be met."""
    MET = "MET"
    """Met."""
    DROPPED = "DROPPED"
    """No longer felt."""


class DateKind(StrEnum):
    """What day it is."""

    BIRTHDAY = "BIRTHDAY"
    """Somebody's birthday (生日)."""
    FOUNDING = "FOUNDING"
    """The founding of the company (成立日)."""
    CONTRACT = "CONTRACT"
    """The anniversary of a contract (签约纪念日)."""
    OTHER = "OTHER"
    """Any other day."""


@customer.view(SEE_PEOPLE)
@dataclass(slots=True, kw_only=True)
class RelationView:
    """What another customer is to a customer; seen by whoever sees the customer."""

    id: UUID = shown("Its id.")
    customer_id: CustomerId = shown("The customer.")
    kind: RelationKind = shown("What the other is to it.")
    other_id: CustomerId = shown("The other customer.")
    remark: str | None = shown("What else is known.")
    created_at: datetime = shown("Since when it stands here.")
    other: CustomerView | None = child("The other customer; null when it is out of the viewer's scope.")


@customer.view(SEE_PEOPLE)
@dataclass(slots=True, kw_only=True)
class NeedView:
    """Something a customer needs; seen by whoever sees the customer."""

    id: UUID = shown("Its id.", filterable=True)
    customer_id: CustomerId = shown("The customer.", filterable=True)
    content: str = shown("What is needed.", filterable=True)
    status: NeedStatus = shown("What became of it.", filterable=True)
    remark: str | None = shown("What else is known.")
    created_at: datetime = shown("Since when it is known.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last changed.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@customer.view(SEE_PEOPLE)
@dataclass(slots=True, kw_only=True)
class ImportantDateView:
    """A day to think of at a customer; seen by whoever sees the customer."""

    id: UUID = shown("Its id.", filterable=True)
    customer_id: CustomerId = shown("The customer.", filterable=True)
    contact_id: ContactId | None = shown("The contact it belongs to, if to one.", filterable=True)
    kind: DateKind = shown("What day it is.", filterable=True)
    title: str = shown("What it is called.")
    day: date = shown("The day, of a yearly one the first.", filterable=True, sortable=True)
    yearly: bool = shown("Whether it comes again each year.")
    version: int = shown("Counts its changes; send it back when editing.")


@customer.query(SEE_PEOPLE, returns=NeedView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Needs(ListQuery):
    """Needs of the customers one sees, latest first."""

    customer_id: CustomerId | None = given("Only those of this customer.", default=None)


@customer.query(SEE_PEOPLE, returns=NeedView)
@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsByIds(GetQuery):
    """Needs by id, of the customers one sees."""


@customer.command(EDIT, returns={"relation": RelationView})
@dataclass(frozen=True, slots=True, kw_only=True)
class AddRelation(Command):
    """Say what another customer, that one sees, is to a customer."""

    customer_id: CustomerId = given("The customer.")
    kind: RelationKind = given("What the other is to it.")
    other_id: CustomerId = given("The other customer.")
    remark: Line | None = given("What else is known.", default=None)


@customer.command(EDIT, returns={"removed_id": RelationId})
@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveRelation(Command):
    """Take a relation back."""

    id: RelationId = given("The relation.")


@customer.command(EDIT, returns={"need": NeedView})
@dataclass(frozen=True, slots=True, kw_only=True)
class AddNeed(Command):
    """Note something that a customer needs."""

    customer_id: CustomerId = given("The customer.")
    content: Text = given("What is needed.")
    remark: Text | None = given("What else is known.", default=None)


@customer.command(EDIT, returns={"need": NeedView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateNeed(Command):
    """Change a need or say what became of it. Fields that are left out stay as they are."""

    id: NeedId = given("The need.")
    version: Version = given(VERSION_DOC)
    content: Text | UnsetType = given("What is needed.", default=UNSET)
    status: NeedStatus | UnsetType = given("What became of it.", default=UNSET)
    remark: Text | UnsetType | None = given("What else is known.", default=UNSET)


@customer.command(EDIT, returns={"important_date": ImportantDateView})
@dataclass(frozen=True, slots=True, kw_only=True)
class AddImportantDate(Command):
    """Note a day to think of; a message comes the day before (CUS-28). Birthdays of records are known without it."""

    customer_id: CustomerId = given("The customer.")
    kind: DateKind = given("What day it is.", default=DateKind.OTHER)
    title: Name = given("What it is called.")
    day: date = given("The day, of a yearly one the first.")
    yearly: bool = given("Whether it comes again each year.", default=True)
    contact_id: ContactId | None = given("The contact it belongs to, if to one.", default=None)


@customer.command(EDIT, returns={"removed_id": ImportantDateId})
@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveImportantDate(Command):
    """Take an important date back."""

    id: ImportantDateId = given("The date.")
    version: Version = given(VERSION_DOC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationEvent(Event):
    """What every event of a relation tells."""

    personal = Personal(of="customer_id", fields=("remark",))
    customer_id: UUID
    relation_id: UUID
    kind: RelationKind
    other_id: UUID
    remark: str | None = None


@customer.event("customer.relation_added", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RelationAdded(RelationEvent):
    """A customer was related to another."""


@customer.event("customer.relation_removed", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RelationRemoved(RelationEvent):
    """A relation was taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedEvent(Event):
    """What every event of a need tells."""

    personal = Personal(of="customer_id", changes=("content", "remark"))
    customer_id: UUID
    need_id: UUID
    changes: Changes


@customer.event("customer.need_added", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class NeedAdded(NeedEvent):
    """A need was noted."""


@customer.event("customer.need_updated", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class NeedUpdated(NeedEvent):
    """A need was changed, met or dropped."""


@customer.event("important_date.added", subject="important_date_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ImportantDateAdded(Event):
    """A day to think of was noted."""

    personal = Personal(of="customer_id", changes=("",))
    important_date_id: UUID
    customer_id: UUID
    changes: Changes


@customer.event("important_date.removed", subject="important_date_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ImportantDateRemoved(Event):
    """A day to think of was taken back."""

    personal = Personal(of="customer_id", changes=("",))
    important_date_id: UUID
    customer_id: UUID
    changes: Changes


@customer.event("important_date.due", subject="important_date_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ImportantDateDue(Event):
    """A day to think of is tomorrow: care is due (MKT-23). The subject is the date, or the record with the birthday."""

    personal = Personal(of="customer_id", fields=("customer_name", "title"))
    important_date_id: UUID
    customer_id: UUID
    customer_name: str
    contact_id: UUID | None
    owner_id: UUID | None
    kind: DateKind
    title: str
    due_on: date
