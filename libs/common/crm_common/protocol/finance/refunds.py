"""Refunds (退款, FIN-16): part of a confirmed receipt goes back, once its approval is through and the cashier paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, Personal, given
from crm_common.protocol.finance.receipts import ReceiptId
from crm_common.protocol.finance.receivables import OrderId, ReceivableId
from crm_common.protocol.finance.service import VERSION_DOC, CustomerId, EmployeeId, Version, finance
from crm_common.protocol.finance.spending import PaymentMethod, Reference, Why
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, shown

REFUND = "refund"
"""The kind of the flow that decides; its form stands among the ready ones."""
SEE_REFUNDS = needs("receipt.view", "receipt.confirm", "receipt.reverse", "payment.register")
ASK_FOR_REFUNDS = needs("receipt.reverse")
PAY_REFUNDS = needs("payment.register")
RefundId = Annotated[UUID, Ref("Refund")]


class RefundRules(Rules):
    """Refusals about refunds."""

    only_a_confirmed_receipt_is_refunded = Rule(
        Code.BAD_STATE,
        en="Only a confirmed receipt is refunded ({state}).",
        zh="只有已确认的回款单才能退款（{state}）。",
    )
    no_more_is_refunded_than_was_received = Rule(
        Code.VALIDATION, en="Of this receipt only {left} are left to be refunded.", zh="该回款单可退金额仅为 {left}。"
    )
    a_refund_is_not_in_this_state = Rule(
        Code.BAD_STATE, en="A refund that is {state} does not allow this.", zh="退款当前状态（{state}）不允许此操作。"
    )
    a_refunded_receipt_is_not_reversed = Rule(
        Code.BAD_STATE,
        en="A refund of this receipt was asked for or paid: it cannot be reversed.",
        zh="该回款单已有退款，不能冲销。",
    )


class RefundState(StrEnum):
    """Where a refund stands."""

    REQUESTED = "REQUESTED"
    """It waits for its approval (审批中)."""
    APPROVED = "APPROVED"
    """To be paid by the cashier (待退款)."""
    REJECTED = "REJECTED"
    """Refused or taken back (未批准)."""
    CANCELLED = "CANCELLED"
    """It was approved, and is not paid after all (已取消)."""
    PAID = "PAID"
    """The money went back (已退款)."""


@finance.view(SEE_REFUNDS)
@dataclass(slots=True, kw_only=True)
class RefundView:
    """A refund; seen by one's data scope of receipts, or of payments for who only pays, by the owner of the receipt."""

    id: UUID = shown("The id.")
    receipt_id: ReceiptId = shown("The receipt it is of.", filterable=True)
    receivable_id: ReceivableId | None = shown("What the receipt paid.", filterable=True)
    order_id: OrderId | None = shown("The order.", filterable=True)
    customer_id: CustomerId = shown("Who gets his money back.", filterable=True)
    customer_name: str | None = shown("His name, as this service knows it.")
    owner_id: EmployeeId = shown("Whose receipt it was.", filterable=True)
    amount: Decimal = shown("How much.", filterable=True, sortable=True)
    currency: str = shown("In which currency.", filterable=True)
    reason: str = shown("Why.")
    state: RefundState = shown("Where it stands.", filterable=True)
    requested_by: EmployeeId = shown("Who asked for it.", filterable=True)
    paid_by: EmployeeId | None = shown("Who paid it.", filterable=True)
    paid_on: date | None = shown("On which day.", filterable=True, sortable=True)
    method: PaymentMethod | None = shown("How.", filterable=True)
    reference: str | None = shown("The number of the transfer.", filterable=True)
    created_at: datetime = shown("When it was asked for.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@finance.query(SEE_REFUNDS, returns=RefundView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Refunds(ListQuery):
    """Refunds in the viewer's data scope of receipts, latest first."""


@finance.query(SEE_REFUNDS, returns=RefundView)
@dataclass(frozen=True, slots=True, kw_only=True)
class RefundsByIds(GetQuery):
    """Refunds by id."""


@finance.command(ASK_FOR_REFUNDS, returns={"refund": RefundView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRefund(Command):
    """Ask that part of a confirmed receipt go back: the flow of the kind "refund" begins."""

    receipt_id: ReceiptId = given("The receipt.")
    amount: Decimal = given("How much; with other refunds at most what was received.")
    reason: Why = given("Why.")


@finance.command(ASK_FOR_REFUNDS, returns={"refund": RefundView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRefund(Command):
    """Give up an approved refund that was not paid."""

    id: RefundId = given("The refund.")
    version: Version = given(VERSION_DOC)
    reason: Why = given("Why.")


@finance.command(PAY_REFUNDS, returns={"refund": RefundView})
@dataclass(frozen=True, slots=True, kw_only=True)
class PayRefund(Command):
    """Register that an approved refund was paid: so much less was received."""

    id: RefundId = given("The refund.")
    version: Version = given(VERSION_DOC)
    paid_on: date = given("On which day.")
    method: PaymentMethod = given("How.", default=PaymentMethod.BANK)
    reference: Reference | None = given("The number of the transfer.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundEvent(Event):
    """What every event of a refund tells."""

    personal = Personal(of="customer_id", changes=("reason",))
    refund_id: UUID
    receipt_id: UUID
    receivable_id: UUID | None
    order_id: UUID | None
    customer_id: UUID
    owner_id: UUID
    requested_by: UUID
    amount: Decimal
    currency: str
    changes: Changes


@finance.event("refund.requested", subject="refund_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequested(RefundEvent):
    """Somebody asked for it."""


@finance.event("refund.approved", subject="refund_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RefundApproved(RefundEvent):
    """It is to be paid."""


@finance.event("refund.rejected", subject="refund_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRejected(RefundEvent):
    """It was refused or taken back."""


@finance.event("refund.cancelled", subject="refund_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RefundCancelled(RefundEvent):
    """It was approved, and is not paid after all."""


@finance.event("refund.paid", subject="refund_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPaid(RefundEvent):
    """The money went back."""

    paid_on: date
    paid_by: UUID
    owed_again: Decimal
    """How much of it the customer owes again; the rest was an advance payment."""


@finance.event("refund.moved", subject="refund_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RefundMoved(RefundEvent):
    """Its customer went into another one, or came out of it again (CUS-45)."""
