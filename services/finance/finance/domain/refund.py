"""Refunds (FIN-16): of which receipt, through which states, and what is owed again. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.editing import difference, expect_version
from crm_common.protocol.finance.receipts import ReceiptState
from crm_common.protocol.finance.refunds import PayRefund, RefundRules, RefundState, RequestRefund
from crm_common.protocol.finance.spending import PaymentMethod, SpendingRules, expect_amount
from finance.domain.receipt import Receipt

COUNTING = (RefundState.REQUESTED, RefundState.APPROVED, RefundState.PAID)
"""What takes of a receipt's sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A refund as it stands."""

    id: UUID
    receipt_id: UUID
    receivable_id: UUID | None
    order_id: UUID | None
    customer_id: UUID
    owner_id: UUID
    amount: Decimal
    currency: str
    reason: str
    state: RefundState = RefundState.REQUESTED
    requested_by: UUID
    approval_id: UUID | None = None
    paid_by: UUID | None = None
    paid_on: date | None = None
    method: PaymentMethod | None = None
    reference: str | None = None
    version: int = 1


def requested(identifier: UUID, of: Receipt, taken: Decimal, command: RequestRefund, by: UUID) -> Refund:
    """A refund that waits for its approval; ``taken`` is what other refunds take of the receipt."""
    if of.state is not ReceiptState.CONFIRMED:
        raise RefundRules.only_a_confirmed_receipt_is_refunded(field="receipt_id", state=of.state.value)
    expect_amount(command.amount, "amount")
    if command.amount > of.amount - taken:
        raise RefundRules.no_more_is_refunded_than_was_received(field="amount", left=str(of.amount - taken))
    names = ("receivable_id", "order_id", "customer_id", "owner_id", "currency")
    values: dict[str, Any] = {name: getattr(of, name) for name in names}
    return Refund(
        id=identifier, receipt_id=of.id, amount=command.amount, reason=command.reason, requested_by=by, **values
    )


def started(before: Refund, approval_id: UUID) -> Refund:
    """The refund after its flow began."""
    return replace(before, approval_id=approval_id)


def decided(before: Refund, *, approved: bool) -> Refund:
    """The refund after the end of its flow; heard again, it changes nothing."""
    if before.state is not RefundState.REQUESTED:
        return before
    return _next(before, state=RefundState.APPROVED if approved else RefundState.REJECTED)


def cancelled(before: Refund, version: int) -> Refund:
    """The refund after it was given up."""
    _expect(before, RefundState.APPROVED)
    expect_version(before.version, version)
    return _next(before, state=RefundState.CANCELLED)


def paid(before: Refund, command: PayRefund, by: UUID, today: date) -> Refund:
    """The refund after the cashier paid it."""
    _expect(before, RefundState.APPROVED)
    expect_version(before.version, command.version)
    if command.paid_on > today:
        raise SpendingRules.what_happens_is_not_in_the_future(field="paid_on")
    return _next(
        before, state=RefundState.PAID, paid_by=by, paid_on=command.paid_on, method=command.method,
        reference=command.reference,
    )  # fmt: skip


def owed_again(of: Receipt, paid_before: Decimal, amount: Decimal) -> Decimal:
    """How much of a refund is owed again: what was an advance payment goes back first."""
    advance = of.amount - of.allocated
    return max(Decimal(0), paid_before + amount - advance) - max(Decimal(0), paid_before - advance)


def told(before: Refund | None, after: Refund) -> dict[str, Any]:
    """What every event of a refund tells."""
    names = ("receipt_id", "receivable_id", "order_id", "customer_id", "owner_id", "requested_by", "amount", "currency")
    said = {"refund_id": after.id} | {name: getattr(after, name) for name in names}
    return said | {"changes": difference(before, after)}


def _expect(refund: Refund, *states: RefundState) -> None:
    if refund.state not in states:
        raise RefundRules.a_refund_is_not_in_this_state(field="id", state=refund.state.value)


def _next(before: Refund, **changes: Any) -> Refund:
    return replace(before, version=before.version + 1, **changes)
