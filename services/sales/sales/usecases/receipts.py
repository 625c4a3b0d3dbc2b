"""What customers paid, by whose work: counted for rankings (SAL-41)."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.finance.receivables_events import ReceiptConfirmed, ReceiptReversed
from sales.store import performance, receipts


def note_receipt(change: Change, event: ReceiptConfirmed | ReceiptReversed) -> None:
    """A receipt was confirmed, or that was taken back: it counts, or no longer, for the day the money came."""
    undone = isinstance(event, ReceiptReversed)
    row = receipts.note(change.connection, event, confirmed=not undone, reversed_=undone)
    if row is not None:
        received = row.amount if row.counts else -row.amount
        performance.moved(change.connection, row.employee_id, row.day, row.currency, received=received)
