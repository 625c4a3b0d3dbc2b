"""Follow-ups (CUS-12, 33, 50): what was said and agreed with a customer, on top of its timeline, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.protocol.customer.contacts import SEE_PEOPLE
from crm_common.protocol.customer.service import (
    VERSION_DOC,
    CustomerId,
    EmployeeId,
    Line,
    Name,
    Version,
    customer,
)
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, Personal, given
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, child, shown

if TYPE_CHECKING:
    from crm_common.protocol.customer.customers import CustomerView

FOLLOW = needs("customer.follow")
HOURS_TO_EDIT = 24
"""For so long its author may correct a follow-up."""

FollowUpId = Annotated[UUID, Ref("FollowUp")]
Content = Annotated[str, Meta(min_length=1, max_length=5000)]
Files = Annotated[tuple[UUID, ...], Meta(max_length=20)]


class FollowUpType(StrEnum):
    """By what way a customer was spoken to."""

    PHONE = "PHONE"
    """On the phone (电话)."""
    VISIT = "VISIT"
    """At a visit (拜访)."""
    EMAIL = "EMAIL"
    """By e-mail (邮件)."""
    MEETING = "MEETING"
    """In a meeting (会议)."""
    SOCIAL = "SOCIAL"
    """In a social network (社交)."""
    CHAT = "CHAT"
    """In a chat (在线沟通)."""


class Attitude(StrEnum):
    """How a customer takes it."""

    KEEN = "KEEN"
    """Wants it (积极)."""
    INTERESTED = "INTERESTED"
    """Is interested (有兴趣)."""
    HESITANT = "HESITANT"
    """Hesitates (犹豫)."""
    REFUSING = "REFUSING"
    """Does not want it (拒绝)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductOfInterest:
    """A product that a customer showed interest in."""

    name: Name = given("Its name.")
    product_id: UUID | None = given("Its id in the catalogue, if it is there.", default=None)


Products = Annotated[tuple[ProductOfInterest, ...], Meta(max_length=20)]


@customer.view(SEE_PEOPLE)
@dataclass(slots=True, kw_only=True)
class InterestView:
    """A product that a customer showed interest in (CUS-33)."""

    id: UUID = shown("Its id.")
    name: str = shown("The product's name.")
    product_id: UUID | None = shown("Its id in the catalogue, if it is there.")
    noted_at: datetime = shown("When the interest was noted.")


@customer.view(SEE_PEOPLE)
@dataclass(slots=True, kw_only=True)
class FollowUpView:
    """What was said and agreed with a customer; seen by whoever sees the customer."""

    id: UUID = shown("The id.", filterable=True)
    customer_id: CustomerId = shown("The customer.", filterable=True)
    author_id: EmployeeId = shown("Who wrote it.", filterable=True)
    author_name: str | None = shown("His name, as this service knows it.")
    type: FollowUpType = shown("By what way.", filterable=True)
    content: str = shown("What was said.", filterable=True)
    attitude: Attitude | None = shown("How the customer takes it.", filterable=True)
    stage: str | None = shown("How far things are, in the author's words.", filterable=True)
    next_contact_at: datetime | None = shown("When to be in touch next.", filterable=True, sortable=True)
    file_ids: list[UUID] = shown("Files that belong to it.")
    created_at: datetime = shown("When it was written.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last corrected.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    interests: list[InterestView] = child("Products of interest.", limit=20)
    customer: CustomerView | None = child("The customer; null when it is out of the viewer's scope.")


@customer.query(SEE_PEOPLE, returns=FollowUpView)
@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUps(ListQuery):
    """Follow-ups of the customers one sees, latest first."""

    customer_id: CustomerId | None = given("Only those of this customer.", default=None)


@customer.query(SEE_PEOPLE, returns=FollowUpView)
@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpsByIds(GetQuery):
    """Follow-ups by id, of the customers one sees."""


@customer.command(FOLLOW, returns={"follow_up": FollowUpView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateFollowUp(Command):
    """Write down what was said to a customer of one's own; the days until its reclaim begin anew (CUS-12, 15)."""

    customer_id: CustomerId = given("The customer.")
    type: FollowUpType = given("By what way.")
    content: Content = given("What was said.")
    attitude: Attitude | None = given("How the customer takes it.", default=None)
    stage: Line | None = given("How far things are, in one's own words.", default=None)
    products: Products = given("Products of interest.", default=())
    next_contact_at: datetime | None = given(
        "When to be in touch next; a reminder comes 15 minutes before.", default=None
    )
    file_ids: Files = given("Files that belong to it.", default=())


@customer.command(FOLLOW, returns={"follow_up": FollowUpView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFollowUp(Command):
    """Correct one's own follow-up, within 24 hours. Fields that are left out stay as they are."""

    id: FollowUpId = given("The follow-up.")
    version: Version = given(VERSION_DOC)
    type: FollowUpType | UnsetType = given("By what way.", default=UNSET)
    content: Content | UnsetType = given("What was said.", default=UNSET)
    attitude: Attitude | UnsetType | None = given("How the customer takes it.", default=UNSET)
    stage: Line | UnsetType | None = given("How far things are, in one's own words.", default=UNSET)
    next_contact_at: datetime | UnsetType | None = given("When to be in touch next.", default=UNSET)
    file_ids: Files | UnsetType = given("All files that belong to it.", default=UNSET)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpEvent(Event):
    """What every event of a follow-up tells."""

    personal = Personal(of="customer_id", fields=("customer_name",), changes=("content", "stage"))
    follow_up_id: UUID
    customer_id: UUID
    customer_name: str
    author_id: UUID
    owner_id: UUID | None
    changes: Changes


@customer.event("followup.created", subject="follow_up_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpCreated(FollowUpEvent):
    """A follow-up was written."""


@customer.event("followup.updated", subject="follow_up_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpUpdated(FollowUpEvent):
    """A follow-up was corrected by its author."""


@customer.event("followup.due", subject="follow_up_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpDue(Event):
    """The next contact that a follow-up named comes up within 15 minutes (CUS-50): a message for the owner."""

    personal = Personal(of="customer_id", fields=("customer_name",))
    follow_up_id: UUID
    customer_id: UUID
    customer_name: str
    owner_id: UUID
    next_contact_at: datetime


@customer.event("customer.interest_added", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class InterestAdded(Event):
    """A customer showed interest in products (CUS-33)."""

    customer_id: UUID
    follow_up_id: UUID
    products: tuple[ProductOfInterest, ...]
