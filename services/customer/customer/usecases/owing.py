"""Customers that owe money are held (OPEN_RECEIVABLE). Events of one receivable come in their order, so none is late."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.customer.holding import HoldReason
from crm_common.protocol.finance.receivables_events import ReceivableEvent
from customer.store import held
from customer.usecases.holding import HOLDS


def hold(change: Change, event: ReceivableEvent) -> None:
    """The customer owes something."""
    if event.open_amount and held.locked(change.connection, [event.customer_id]):
        HOLDS.place(change, event.customer_id, _reference(event), HoldReason.OPEN_RECEIVABLE.value)


def release(change: Change, event: ReceivableEvent) -> None:
    """It owes this no more."""
    held.locked(change.connection, [event.customer_id])
    HOLDS.release(change, event.customer_id, _reference(event))


def _reference(event: ReceivableEvent) -> str:
    return f"finance:receivable/{event.receivable_id}"
