"""What finance tells of an order's money: refused, received in full, or not any more."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.finance.receivables_events import (
    ReceiptConfirmed,
    ReceiptReversed,
    ReceivableEvent,
    ReceivableRefused,
    ReceivableReopened,
    ReceivableSettled,
)
from crm_common.protocol.sales.orders import OrderState
from crm_common.protocol.sales.orders_events import OrderApprovalUndone, OrderCompleted, OrderUpdated
from sales.domain import order as domain
from sales.domain.order_told import told
from sales.store import orders
from sales.usecases import opportunity_course, performance
from sales.usecases.orders import keep


def undo_approval(change: Change, event: ReceivableRefused) -> None:
    """Finance refused the receivable: the order waits for review again, and what followed is taken back."""
    before = orders.locked(change.connection, event.order_id) if event.order_id else None
    if before is None or before.state is not OrderState.APPROVED:
        return
    after = domain.undone(before, reason=event.reason)
    keep(change, before, after)
    change.record(told(OrderApprovalUndone, before, after, reason=event.reason))
    performance.take_order_back(change, after.id)
    opportunity_course.win_not(change, after.opportunity_id, after.id)


def follow_receivable(change: Change, event: ReceivableEvent) -> None:
    """What became of an order's receivable: paid in full, or not any more. All else leaves the order as it is."""
    if isinstance(event, ReceivableSettled):
        settle_order(change, event)
    elif isinstance(event, ReceivableReopened):
        unsettle_order(change, event)


def settle_order(change: Change, event: ReceivableSettled) -> None:
    """Everything was received: a delivered order is complete, any other once it is delivered."""
    before = orders.locked(change.connection, event.order_id) if event.order_id else None
    if before is None:
        return
    after = domain.settled(before)
    if after is before:
        return
    keep(change, before, after)
    kind = OrderCompleted if after.state is OrderState.COMPLETED else OrderUpdated
    change.record(told(kind, before, after))


def unsettle_order(change: Change, event: ReceivableReopened) -> None:
    """What was received no longer is: a completed order is merely delivered again."""
    before = orders.locked(change.connection, event.order_id) if event.order_id else None
    if before is None or (after := domain.unsettled(before)) is before:
        return
    keep(change, before, after)
    change.record(told(OrderUpdated, before, after))


def note_money(change: Change, event: ReceiptConfirmed | ReceiptReversed) -> None:
    """What finance confirmed for an order, or took back."""
    if event.order_id is not None:
        amount = event.amount if isinstance(event, ReceiptConfirmed) else -event.amount
        orders.note_money(change.connection, event.order_id, amount)
