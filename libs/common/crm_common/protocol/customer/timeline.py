"""The timeline of a customer (CUS-32): one dated stream of what was said, sold, moved and changed; and who calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.customer.contacts import SEE_PEOPLE
from crm_common.protocol.customer.reclaim import SalesRecord
from crm_common.protocol.customer.service import (
    ContactId,
    CustomerId,
    EmployeeId,
    Holding,
    Phone,
    Stage,
    customer,
)
from crm_common.protocol.declare import Event, ListQuery, given
from crm_common.protocol.policy import needs
from crm_common.protocol.views import shown

CARD = needs("customer.view_card")


class TimelineChannel(StrEnum):
    """What kind of happening an entry of a timeline is."""

    PHONE = "PHONE"
    """A call."""
    VISIT = "VISIT"
    """A visit."""
    EMAIL = "EMAIL"
    """An e-mail."""
    MEETING = "MEETING"
    """A meeting."""
    SOCIAL = "SOCIAL"
    """Something in a social network."""
    CHAT = "CHAT"
    """A chat."""
    SMS = "SMS"
    """A short message."""
    SALES = "SALES"
    """An opportunity, quote, contract or order."""
    HOLDING = "HOLDING"
    """It came into other hands."""
    RECORD = "RECORD"
    """The record, a contact or a relation was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesRecordMade(Event):
    """The base of every event by which a service tells of a sales record (CUS-15): derive from it, and it is heard.

    The days until the customer's reclaim begin anew at ``at``, and it stands on the customer's timeline.
    """

    contract: ClassVar[bool] = True
    customer_id: UUID
    record: SalesRecord
    at: datetime
    """When it was made (UTC)."""
    title: str | None = None
    """What the timeline says: the order's number, the call's note."""
    channel: TimelineChannel = TimelineChannel.SALES
    employee_id: UUID | None = None
    reference_id: UUID | None = None
    """The call, opportunity, quote, contract or order."""


@customer.view(SEE_PEOPLE)
@dataclass(slots=True, kw_only=True)
class TimelineEntryView:
    """Something that happened to a customer; seen by whoever sees the customer."""

    id: UUID = shown("The id.")
    happened_at: datetime = shown("When it happened.", filterable=True)
    channel: TimelineChannel = shown("What kind of happening it is.", filterable=True)
    kind: str = shown("The type of the event: followup.created, customer.claimed …", filterable=True)
    text: str | None = shown("What was said, or why.")
    employee_id: EmployeeId | None = shown("Whose doing it was; null for the system.", filterable=True)
    employee_name: str | None = shown("His name, as this service knows it.")
    reference_id: UUID | None = shown("The follow-up, contact, call, order … it is about.")


@customer.query(SEE_PEOPLE, returns=TimelineEntryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline(ListQuery):
    """What happened to a customer, latest first (CUS-32)."""

    customer_id: CustomerId = given("The customer.")
    channels: Annotated[tuple[TimelineChannel, ...], Meta(max_length=20)] = given(
        "Only happenings of these kinds.", default=()
    )


@customer.view(CARD)
@dataclass(slots=True, kw_only=True)
class CallerCardView:
    """Who has a number: a customer, or a contact of one. It stands as its mask; that of pool customers not at all."""

    id: UUID = shown("The id of the card.")
    customer_id: CustomerId = shown("The customer.")
    customer_name: str = shown("Its name.")
    contact_id: ContactId | None = shown("The contact, if the number is one of a contact's.")
    contact_name: str | None = shown("The contact's name.")
    phone: str | None = shown("The number's mask.")
    holding: Holding = shown("In whose hands the customer is.")
    owner_id: EmployeeId | None = shown("In whose name it is.")
    owner_name: str | None = shown("His name, as this service knows it.")
    stage: Stage = shown("Where it stands in its lifecycle.")
    level: str | None = shown("Level, a code of the dictionary level.")


@customer.query(CARD, returns=CallerCardView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallerLookup(ListQuery):
    """Whose number this is, whoever owns the customer: cards for who answers calls. The whole number only."""

    number: Phone = given("The number, as the line tells it.")
