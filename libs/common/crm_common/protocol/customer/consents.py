"""Consent (CUS-53): by which ways a customer lets itself be addressed, since when, and how it said so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.customer.customers import EDIT, CustomerView
from crm_common.protocol.customer.service import SEE, Channel, CustomerId, EmployeeId, Reason, customer
from crm_common.protocol.declare import Changes, Command, Event, Personal, Setting, given
from crm_common.protocol.policy import INTERNAL, needs
from crm_common.protocol.views import shown

CONSENT_NEEDED = customer.setting(
    Setting("consent.needed", bool, False, "Whether marketing goes only to who has agreed, not to all but who refused.")
)
EXPORT = needs("customer.erase", "customer.edit")
Said = Annotated[str, Meta(min_length=1, max_length=200)]
Many = Annotated[tuple[CustomerId, ...], Meta(max_length=10_000)]


class ConsentRules(Rules):
    """Refusals about consent."""

    a_consent_was_said_in_the_past = Rule(
        Code.VALIDATION, en="A consent was given before it is noted.", zh="同意时间不能晚于当前时间。"
    )


class Purpose(StrEnum):
    """What a message is for."""

    MARKETING = "MARKETING"
    """To sell something: asks for consent, and not too often."""
    SERVICE = "SERVICE"
    """About what the customer has: an order, a ticket, an appointment."""


class Refused(StrEnum):
    """Why somebody is not to be addressed."""

    UNKNOWN = "UNKNOWN"
    """There is no such customer, or it was erased."""
    NOT_HELD = "NOT_HELD"
    """It lies in the pool or the trash."""
    OPTED_OUT = "OPTED_OUT"
    """It has refused this way."""
    NOT_AGREED = "NOT_AGREED"
    """It has not agreed, and the company asks for that."""
    TOO_OFTEN = "TOO_OFTEN"
    """It was addressed often enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerable:
    """Whether a customer may be addressed."""

    customer_id: CustomerId
    """As it was asked for."""
    contactable: bool
    """Whether it may."""
    refused: Refused | None
    """Why not."""


@customer.view(SEE)
@dataclass(slots=True, kw_only=True)
class ConsentView:
    """What a customer said about being addressed by a way; the latest word of a way counts."""

    channel: Channel = shown("The way.", filterable=True)
    agreed: bool = shown("Whether it agreed; false: it refused.", filterable=True)
    source: str = shown("How it said so: a form, a call, an answer to a message.")
    said_at: datetime = shown("When it said so.", filterable=True, sortable=True)
    noted_by: EmployeeId | None = shown("Who wrote it down; null for the system.")
    noted_by_name: str | None = shown("His name, as this service knows it.")


@customer.command(EDIT, returns={"customer": CustomerView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConsent(Command):
    """Write down that a customer agreed to be addressed by a way, or refused (opt-out)."""

    customer_id: CustomerId = given("The customer.")
    channel: Channel = given("The way.")
    agreed: bool = given("Whether it agreed.")
    source: Said = given("How it said so.")
    said_at: datetime | None = given("When; absent: now.", default=None)


@customer.command(INTERNAL, returns={"noted": bool}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class NoteConsent(Command):
    """What a customer answered to a message, in whatever hands it is: an opt-out counts in the pool too."""

    customer_id: UUID
    channel: Channel
    agreed: bool
    source: Said
    said_at: datetime


@customer.query(INTERNAL, returns=tuple[Answerable, ...], public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class Contactable:
    """Which of these customers may be addressed by a way for a purpose; asked by whoever sends messages to many."""

    customer_ids: Many = given("The customers.")
    channel: Channel = given("The way.")
    purpose: Purpose = given("What for.")


@customer.command(EXPORT, returns={"document": dict[str, Any]})
@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPersonalData(Command):
    """All that is known of one customer, as one document, when it asks for it (AUD-03); written down as read.

    By its owner, or by who may erase it. Asked again under the same key, the document is null: it is kept nowhere.
    """

    customer_id: CustomerId = given("The customer.")
    reason: Reason = given("Why.")


@customer.event("consent.changed", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanged(Event):
    """A customer agreed to be addressed by a way, or refused."""

    personal = Personal(of="customer_id", fields=("source",))
    customer_id: UUID
    owner_id: UUID | None
    channel: Channel
    agreed: bool
    source: str
    said_at: datetime
    changes: Changes


@customer.event("customer.personal_data_exported", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataExported(Event):
    """Somebody has taken all that is known of a customer."""

    personal = Personal(of="customer_id", fields=("reason",))
    customer_id: UUID
    reason: str
