"""Customers that owe money are held (OPEN_RECEIVABLE)."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.customer.holding import HoldReason
from crm_common.protocol.finance.receivables_events import ReceivableEvent, ReceivableMoved
from customer.store import held
from customer.usecases.holding import HOLDS


def note(change: Change, event: ReceivableEvent) -> None:
    """Hold the customer while something of the receivable is open, and no longer; told again changes nothing."""
    reference = f"finance:receivable/{event.receivable_id}"
    if isinstance(event, ReceivableMoved):
        HOLDS.release(change, event.from_customer_id, reference)
    known = held.locked(change.connection, [event.customer_id])
    if not event.open_amount:
        HOLDS.release(change, event.customer_id, reference)
    elif known:
        HOLDS.place(change, event.customer_id, reference, HoldReason.OPEN_RECEIVABLE.value)
