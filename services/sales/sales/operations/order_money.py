"""What finance tells of the money of orders."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.finance.receivables_events import (
    ReceiptConfirmed,
    ReceiptReversed,
    ReceivableEvent,
    ReceivableRefused,
)
from crm_common.runtime.entrypoints import subscribe
from sales.operations.offering import Offering
from sales.usecases import order_money


class OrderMoney(Offering):
    """Receivables and receipts of orders."""

    @subscribe(ReceivableRefused)
    def undo_approval(self, event: ReceivableRefused, change: Change) -> None:
        order_money.undo_approval(change, event)

    @subscribe(ReceivableEvent)
    def follow_receivable(self, event: ReceivableEvent, change: Change) -> None:
        # by one method: each method's events come in their order, those of two may not
        order_money.follow_receivable(change, event)

    @subscribe(ReceiptConfirmed)
    def note_receipt(self, event: ReceiptConfirmed, change: Change) -> None:
        order_money.note_money(change, event)

    @subscribe(ReceiptReversed)
    def note_reversal(self, event: ReceiptReversed, change: Change) -> None:
        order_money.note_money(change, event)
