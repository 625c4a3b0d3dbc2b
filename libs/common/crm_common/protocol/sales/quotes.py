"""Quotes (SAL-14, 15): what somebody is offered at which prices, in versions, for a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.protocol.declare import Command, GetQuery, ListQuery, Setting, given
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.prices import PriceRule
from crm_common.protocol.sales.products import ProductId
from crm_common.protocol.sales.service import VERSION_DOC, CustomerId, Version, sales
from crm_common.protocol.views import Ref, child, shown

SEE = needs("quote.view", "quote.create", "quote.edit")
CREATE = needs("quote.create")
EDIT = needs("quote.edit", "quote.create")

QuoteId = Annotated[UUID, Ref("Quote")]
OfCustomer = Annotated[UUID, Ref("Customer", record="customer")]
OfOwner = Annotated[UUID, Ref("Employee", record="owner")]
Terms = Annotated[str, Meta(max_length=5_000)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]

VALID_DAYS = sales.setting(
    Setting("quote.valid_days", int, 30, "Days for which a quote is good after it was sent.", minimum=1, maximum=3_650)
)
APPROVAL_KIND = "quote_price"
"""The kind of approval that a quote below the floor takes."""

_VALID = "The last day it is good for; null: quote.valid_days after it is sent."
_TERMS = "Delivery, payment and whatever else is offered."


class QuoteState(StrEnum):
    """Where a quote stands."""

    DRAFT = "DRAFT"
    """草稿: being written."""
    SENT = "SENT"
    """已发送: the customer has it; it is good until its last day."""
    ACCEPTED = "ACCEPTED"
    """已接受: the customer said yes."""
    REJECTED = "REJECTED"
    """已拒绝: the customer said no."""
    EXPIRED = "EXPIRED"
    """已过期: its last day passed without an answer."""


class QuoteApproval(StrEnum):
    """Whether its prices take an approval, and how far that has come."""

    NOT_NEEDED = "NOT_NEEDED"
    """无需审批: no price is below the floor."""
    NEEDED = "NEEDED"
    """需审批: a price is below the floor; it cannot be sent."""
    PENDING = "PENDING"
    """审批中: somebody was asked; the quote is locked."""
    APPROVED = "APPROVED"
    """已批准: it may be sent as it is."""
    REJECTED = "REJECTED"
    """未批准: it needs other prices."""


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class QuoteLineView:
    """A line of a quote, with the words and prices of when it was written."""

    id: UUID = shown("The id.")
    product_id: Annotated[UUID, Ref("Product")] = shown("The product.")
    code: str = shown("Its code.")
    name: str = shown("What it was called.")
    unit: str = shown("What is counted.")
    quantity: Decimal = shown("How many.")
    price: Decimal = shown("Of one unit.")
    price_rule: PriceRule = shown("Which rule gave the price.")
    price_list_name: str | None = shown("The price list that did.")
    discount: Decimal = shown("The part taken off: 0.1 is ten per cent.")
    amount: Decimal = shown("Of the line: quantity × price × (1 − discount), to the cent.")
    below_floor: bool = shown("Whether it is below the lowest price without approval.")


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class QuoteRevisionView:
    """A version of a quote; those before the present one are kept as they were sent."""

    id: UUID = shown("The id.")
    revision: int = shown("Counts the versions from 1.")
    amount: Decimal = shown("What it came to.")
    valid_until: date | None = shown("The last day it was good for.")
    sent_at: datetime | None = shown("When it was sent; null: it never was.")
    lines: list[QuoteLineView] = child("What was offered.", limit=100)


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class QuoteView:
    """A quote: whose quotes one sees is the data scope of the section quote."""

    id: UUID = shown("The id.", filterable=True)
    number: str = shown("Its unique number.", filterable=True, sortable=True)
    customer_id: OfCustomer = shown("The customer.", filterable=True)
    customer_name: str | None = shown("Its name, as this service knows it.")
    opportunity_id: UUID | None = shown("The opportunity it is for.", filterable=True)
    owner_id: OfOwner = shown("Whose quote it is.", filterable=True)
    owner_name: str | None = shown("His name, as this service knows it.")
    state: QuoteState = shown("Where it stands.", filterable=True)
    revision: int = shown("Counts its versions from 1.")
    amount: Decimal = shown("What it comes to: the sum of its lines.", filterable=True, sortable=True)
    currency: str = shown("In which currency.", filterable=True)
    approval: QuoteApproval = shown("Whether its prices take an approval.", filterable=True)
    approval_id: Annotated[UUID, Ref("Approval")] | None = shown("The approval that runs or ran last.")
    valid_until: date | None = shown(_VALID, filterable=True, sortable=True)
    terms: str | None = shown(_TERMS)
    sent_at: datetime | None = shown("When it was sent.", filterable=True, sortable=True)
    answered_at: datetime | None = shown("When the customer said yes or no.", filterable=True)
    reason: str | None = shown("Why the customer said no.")
    created_at: datetime = shown("When it was made.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last changed.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    lines: list[QuoteLineView] = child("What is offered.", limit=100)
    revisions: list[QuoteRevisionView] = child("All its versions, first to last.", limit=100)


sales.searchable(QuoteView, title="number", details=("customer_name", "owner_name"))


@sales.query(SEE, returns=QuoteView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Quotes(ListQuery):
    """Quotes in the viewer's data scope, latest first."""


@sales.query(SEE, returns=QuoteView)
@dataclass(frozen=True, slots=True, kw_only=True)
class QuotesByIds(GetQuery):
    """Quotes by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteFile:
    """A quote as a file to download."""

    url: str
    """The address, good for a few minutes; whoever has it may use it. One that begins with / is the gateway's."""
    name: str
    """What the file is called."""
    content_type: str
    """Its media type: application/pdf."""
    size: int
    """Its bytes."""


@sales.query(SEE, returns=QuoteFile)
@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteDocument:
    """The quote as PDF: of a version that was sent the file of then, of a draft one that says so."""

    id: QuoteId = given("The quote.")
    revision: int | None = given("Which version; null: the present one.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedProduct:
    """A product that is offered."""

    product_id: ProductId
    """The product; it is on sale."""
    quantity: Decimal
    """How many, above zero."""
    price: Decimal | None = None
    """Of one unit; absent: what the price lists say."""
    discount: Decimal = Decimal(0)
    """The part taken off: 0.1 is ten per cent."""


QuoteLines = Annotated[tuple[QuotedProduct, ...], Meta(min_length=1, max_length=100)]


@sales.command(CREATE, returns={"quote": QuoteView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateQuote(Command):
    """Write a quote for a customer of one's own (SAL-14)."""

    customer_id: CustomerId = given("The customer, in the caller's name.")
    opportunity_id: UUID | None = given("The opportunity it is for.", default=None)
    lines: QuoteLines = given("What is offered.")
    valid_until: date | None = given(_VALID, default=None)
    terms: Terms | None = given(_TERMS, default=None)


@sales.command(EDIT, returns={"quote": QuoteView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateQuote(Command):
    """Edit a draft. Other lines take another approval."""

    id: QuoteId = given("The quote.")
    version: Version = given(VERSION_DOC)
    lines: QuoteLines | UnsetType = given("What is offered.", default=UNSET)
    valid_until: date | UnsetType | None = given(_VALID, default=UNSET)
    terms: Terms | UnsetType | None = given(_TERMS, default=UNSET)


@sales.command(EDIT, returns={"quote": QuoteView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RequestQuoteApproval(Command):
    """Ask for approval of prices below the floor; until it is given the quote is locked."""

    id: QuoteId = given("The quote.")
    version: Version = given(VERSION_DOC)
    reason: Reason = given("Why the customer should have these prices.")


@sales.command(EDIT, returns={"quote": QuoteView})
@dataclass(frozen=True, slots=True, kw_only=True)
class SendQuote(Command):
    """Give the quote to the customer: it is printed, and good until its last day."""

    id: QuoteId = given("The quote.")
    version: Version = given(VERSION_DOC)


@sales.command(EDIT, returns={"quote": QuoteView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseQuote(Command):
    """Begin another version of a quote that was sent; the one before is kept as it is."""

    id: QuoteId = given("The quote.")
    version: Version = given(VERSION_DOC)


@sales.command(EDIT, returns={"quote": QuoteView})
@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptQuote(Command):
    """Note that the customer said yes, not later than on its last day."""

    id: QuoteId = given("The quote.")
    version: Version = given(VERSION_DOC)


@sales.command(EDIT, returns={"quote": QuoteView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RejectQuote(Command):
    """Note that the customer said no."""

    id: QuoteId = given("The quote.")
    version: Version = given(VERSION_DOC)
    reason: Reason = given("Why.")
