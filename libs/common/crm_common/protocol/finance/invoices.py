"""Invoices (开票, FIN-15): asked for, issued under a number, never for more than what is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, Personal, given
from crm_common.protocol.finance.receivables import OrderId, ReceivableId
from crm_common.protocol.finance.service import (
    VERSION_DOC,
    ContractId,
    CustomerId,
    EmployeeId,
    Version,
    finance,
)
from crm_common.protocol.finance.spending import Reference, Remark, Title, Why
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, shown

SEE_INVOICES = needs("invoice.view", "invoice.edit")
EDIT_INVOICES = needs("invoice.edit")
_WORDS = ("title", "tax_number", "remark", "void_reason")
"""Who the customer is, and what somebody wrote of him."""
InvoiceId = Annotated[UUID, Ref("Invoice")]
TaxNumber = Annotated[str, Meta(min_length=15, max_length=20, pattern=r"^[0-9A-Z]+$")]


class InvoiceRules(Rules):
    """Refusals about invoices."""

    no_more_is_invoiced_than_owed = Rule(
        Code.VALIDATION, en="Only {left} are left to be invoiced.", zh="开票金额超过可开票余额 {left}。"
    )
    an_invoice_is_not_in_this_state = Rule(
        Code.BAD_STATE, en="An invoice that is {state} does not allow this.", zh="发票当前状态（{state}）不允许此操作。"
    )
    only_what_is_owed_is_invoiced = Rule(
        Code.BAD_STATE,
        en="A receivable that is {state} is not invoiced.",
        zh="应收款当前状态（{state}）不能开票。",
    )
    an_invoice_number_is_used_once = Rule(
        Code.DUPLICATE, en="There is an invoice with this number.", zh="该发票号码已存在。"
    )
    a_special_invoice_names_the_tax_number = Rule(
        Code.VALIDATION, en="A special VAT invoice names the tax number.", zh="增值税专用发票须填写税号。"
    )


class InvoiceKind(StrEnum):
    """What kind of invoice it is."""

    VAT_GENERAL = "VAT_GENERAL"
    """General VAT invoice (增值税普通发票)."""
    VAT_SPECIAL = "VAT_SPECIAL"
    """Special VAT invoice (增值税专用发票)."""
    OTHER = "OTHER"
    """Any other (其他)."""


class InvoiceState(StrEnum):
    """Where an invoice stands."""

    REQUESTED = "REQUESTED"
    """To be issued (待开票)."""
    ISSUED = "ISSUED"
    """Issued under its number (已开票)."""
    VOIDED = "VOIDED"
    """It does not count any more (已作废)."""


@finance.view(SEE_INVOICES)
@dataclass(slots=True, kw_only=True)
class InvoiceView:
    """An invoice; seen by one's data scope of invoices, by the owner of what it is for."""

    id: UUID = shown("The id.")
    receivable_id: ReceivableId = shown("What it is for.", filterable=True)
    order_id: OrderId | None = shown("The order.", filterable=True)
    contract_id: ContractId | None = shown("The contract.", filterable=True)
    customer_id: CustomerId = shown("Who gets it.", filterable=True)
    customer_name: str | None = shown("His name, as this service knows it.")
    owner_id: EmployeeId = shown("Who sees to the customer's paying.", filterable=True)
    kind: InvoiceKind = shown("What kind it is.", filterable=True)
    title: str = shown("In whose name (发票抬头).", filterable=True)
    tax_number: str | None = shown("His tax number.", filterable=True)
    amount: Decimal = shown("How much, tax included.", filterable=True, sortable=True)
    currency: str = shown("In which currency.", filterable=True)
    state: InvoiceState = shown("Where it stands.", filterable=True)
    number: str | None = shown("Its number.", filterable=True, sortable=True)
    issued_on: date | None = shown("On which day it was issued.", filterable=True, sortable=True)
    remark: str = shown("What else is to be said.")
    void_reason: str | None = shown("Why it was voided.")
    requested_by: EmployeeId = shown("Who asked for it.", filterable=True)
    issued_by: EmployeeId | None = shown("Who issued it.", filterable=True)
    created_at: datetime = shown("When it was asked for.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@finance.query(SEE_INVOICES, returns=InvoiceView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Invoices(ListQuery):
    """Invoices in the viewer's data scope, latest first."""


@finance.query(SEE_INVOICES, returns=InvoiceView)
@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicesByIds(GetQuery):
    """Invoices by id."""


@finance.command(EDIT_INVOICES, returns={"invoice": InvoiceView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RequestInvoice(Command):
    """Ask for an invoice of what a customer owes; all of them together are at most that."""

    receivable_id: ReceivableId = given("What it is for.")
    kind: InvoiceKind = given("What kind it is.", default=InvoiceKind.VAT_GENERAL)
    title: Title = given("In whose name.")
    tax_number: TaxNumber | None = given("His tax number; needed for a special VAT invoice.", default=None)
    amount: Decimal = given("How much, tax included.")
    remark: Remark = given("What else is to be said.", default="")


@finance.command(EDIT_INVOICES, returns={"invoice": InvoiceView})
@dataclass(frozen=True, slots=True, kw_only=True)
class IssueInvoice(Command):
    """Note under which number an invoice was issued."""

    id: InvoiceId = given("The invoice.")
    version: Version = given(VERSION_DOC)
    number: Reference = given("Its number; no other invoice has it.")
    issued_on: date = given("On which day.")


@finance.command(EDIT_INVOICES, returns={"invoice": InvoiceView})
@dataclass(frozen=True, slots=True, kw_only=True)
class VoidInvoice(Command):
    """Void an invoice, issued or not; what it was for may be invoiced again."""

    id: InvoiceId = given("The invoice.")
    version: Version = given(VERSION_DOC)
    reason: Why = given("Why.")


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceEvent(Event):
    """What every event of an invoice tells."""

    personal = Personal(of="customer_id", changes=_WORDS)
    invoice_id: UUID
    receivable_id: UUID
    order_id: UUID | None
    customer_id: UUID
    owner_id: UUID
    amount: Decimal
    currency: str
    number: str | None
    changes: Changes


@finance.event("invoice.requested", subject="invoice_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRequested(InvoiceEvent):
    """Somebody asked for an invoice."""


@finance.event("invoice.issued", subject="invoice_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceIssued(InvoiceEvent):
    """It was issued."""


@finance.event("invoice.voided", subject="invoice_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceVoided(InvoiceEvent):
    """It does not count any more."""

    personal = Personal(of="customer_id", fields=("reason",), changes=_WORDS)
    reason: str


@finance.event("invoice.moved", subject="invoice_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceMoved(InvoiceEvent):
    """Its customer went into another one, or came out of it again (CUS-45)."""
