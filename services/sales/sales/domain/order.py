"""Orders: where they may go (features §3.4). Pure: (state, command) → state."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.editing import difference, plain
from crm_common.money import HOME_CURRENCY
from crm_common.protocol.declare import Changes
from crm_common.protocol.sales.orders import OrderState
from crm_common.protocol.sales.orders_rules import OrderRules

OPEN = frozenset({OrderState.DRAFT, OrderState.REJECTED})
"""In these an order is its owner's to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """A line, with the words and prices of when it was agreed."""

    id: UUID
    product_id: UUID
    name: str
    unit: str
    quantity: Decimal
    price: Decimal
    discount: Decimal
    amount: Decimal
    returned: Decimal = Decimal(0)
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """A payment with its picture."""

    id: UUID
    document_id: UUID
    sha256: str
    amount: Decimal
    currency: str
    paid_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order with all that belongs to it."""

    id: UUID
    number: str
    customer_id: UUID
    owner_id: UUID
    state: OrderState = OrderState.DRAFT
    amount: Decimal = Decimal(0)
    currency: str = HOME_CURRENCY
    opportunity_id: UUID | None = None
    quote_id: UUID | None = None
    contract_id: UUID | None = None
    due_on: date | None = None
    remark: str | None = None
    submission_id: UUID | None = None
    submitted_by: UUID | None = None
    submitted_at: datetime | None = None
    reviewed_by: UUID | None = None
    reviewed_at: datetime | None = None
    reason: str | None = None
    delivered_on: date | None = None
    delivery_note: str | None = None
    settled: bool = False
    voiding: bool = False
    lines: tuple[OrderLine, ...] = ()
    vouchers: tuple[Voucher, ...] = ()
    version: int = field(default=1, compare=False)


COLUMNS = tuple(each.name for each in fields(Order) if each.name not in ("lines", "vouchers"))
_PARTS = ("lines", "vouchers")


def changed(before: Order, **values: Any) -> Order:
    """The order with these values and a further version."""
    return replace(before, version=before.version + 1, **values)


def changes(before: Order | None, after: Order) -> Changes:
    """What an event tells of the difference; lines and vouchers whole."""
    found = difference(before, after, without=("id", "version", "submission_id", *_PARTS))
    for name in _PARTS:
        was, now = (_told(getattr(each, name)) if each else None for each in (before, after))
        if (was or []) != now:
            found[name] = (was, now)
    return found


def with_lines(order: Order, lines: tuple[OrderLine, ...]) -> Order:
    """The order with other lines, and what they come to."""
    return replace(order, lines=lines, amount=sum((each.amount for each in lines), Decimal(0)))


def expect_open(order: Order) -> None:
    """``BAD_STATE`` for an order that is not its owner's to change."""
    if order.state not in OPEN:
        raise OrderRules.an_order_under_way_is_locked(field="id", state=order.state.value)


def expect_complete(*, lines: bool, contract: bool, vouchers: bool) -> None:
    """``VALIDATION`` that names each part that lacks (SAL-17), all at once."""
    lacking = [
        rule(field=name)
        for there, name, rule in (
            (lines, "lines", OrderRules.an_order_needs_a_product_line),
            (contract, "contract", OrderRules.an_order_needs_its_contract),
            (vouchers, "vouchers", OrderRules.an_order_needs_a_payment_voucher),
        )
        if not there
    ]
    if lacking:
        lacking[0].also = tuple(lacking[1:])
        raise lacking[0]


def submitted(before: Order, *, submission_id: UUID, by: UUID, now: datetime) -> Order:
    """DRAFT or REJECTED → PENDING_REVIEW. Neighbours know what the submission holds of them by its own id."""
    expect_open(before)
    expect_complete(lines=bool(before.lines), contract=before.contract_id is not None, vouchers=bool(before.vouchers))
    decision: dict[str, Any] = {"reviewed_by": None, "reviewed_at": None, "reason": None}
    made: dict[str, Any] = {"submission_id": submission_id, "submitted_by": by, "submitted_at": now}
    return changed(before, state=OrderState.PENDING_REVIEW, **made, **decision)


def withdrawn(before: Order, *, by: UUID) -> Order:
    """PENDING_REVIEW → DRAFT, by who submitted it."""
    if before.state is not OrderState.PENDING_REVIEW:
        raise OrderRules.an_order_is_not_waiting_for_review(field="id", state=before.state.value)
    if before.submitted_by != by:
        raise OrderRules.only_the_submitter_withdraws(field="id")
    return changed(before, state=OrderState.DRAFT, submitted_by=None, submitted_at=None)


def cancelled(before: Order) -> Order:
    """DRAFT or REJECTED → CANCELLED."""
    expect_open(before)
    return changed(before, state=OrderState.CANCELLED)


def delivered(before: Order, *, on: date, note: str | None) -> Order:
    """APPROVED → FULFILLED."""
    expect_approved(before)
    return changed(before, state=OrderState.FULFILLED, delivered_on=on, delivery_note=(note or "").strip() or None)


def settled(before: Order) -> Order:
    """Everything was received: FULFILLED → COMPLETED; one that is not delivered yet waits for that."""
    if before.settled or before.state not in (OrderState.APPROVED, OrderState.FULFILLED):
        return before
    return completed(changed(before, settled=True))


def unsettled(before: Order) -> Order:
    """Money that was received went back: COMPLETED → FULFILLED; any other only waits for it again."""
    if not before.settled:
        return before
    state = OrderState.FULFILLED if before.state is OrderState.COMPLETED else before.state
    return changed(before, state=state, settled=False)


def completed(before: Order) -> Order:
    """FULFILLED and paid in full → COMPLETED; any other as it is."""
    if before.state is OrderState.FULFILLED and before.settled:
        return replace(before, state=OrderState.COMPLETED)
    return before


def undone(before: Order, *, reason: str) -> Order:
    """Finance refused: APPROVED → PENDING_REVIEW; any other as it is."""
    if before.state is not OrderState.APPROVED:
        return before
    return changed(before, state=OrderState.PENDING_REVIEW, reviewed_by=None, reviewed_at=None, reason=reason)


def to_be_voided(before: Order, *, reason: str) -> Order:
    """An approval to void an APPROVED order begins."""
    expect_approved(before)
    if before.voiding:
        raise OrderRules.a_voiding_is_under_way(field="id")
    return changed(before, voiding=True, reason=reason)


def kept(before: Order) -> Order:
    """The approval to void it came to nothing."""
    return changed(before, voiding=False, reason=None)


def voided(before: Order) -> Order:
    """APPROVED → VOIDED."""
    expect_approved(before)
    return changed(before, state=OrderState.VOIDED, voiding=False)


def expect_approved(order: Order) -> None:
    """``BAD_STATE`` for an order that is not approved, or no longer just that."""
    if order.state is not OrderState.APPROVED:
        raise OrderRules.only_an_approved_order_does_this(field="id", state=order.state.value)


def _told(parts: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [{name: _as_json(value) for name, value in asdict(each).items()} for each in parts]


def _as_json(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else plain(value)
