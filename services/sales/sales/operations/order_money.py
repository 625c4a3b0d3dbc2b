"""What finance tells of the money of orders."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.finance.receivables_events import (
    ReceiptConfirmed,
    ReceiptReversed,
    ReceivableRefused,
    ReceivableReopened,
    ReceivableSettled,
)
from crm_common.runtime.entrypoints import subscribe
from sales.operations.offering import Offering
from sales.usecases import order_money


class OrderMoney(Offering):
    """Receivables and receipts of orders."""

    @subscribe(ReceivableRefused)
    def undo_approval(self, event: ReceivableRefused, change: Change) -> None:
        order_money.undo_approval(change, event)

    @subscribe(ReceivableSettled)
    def settle_order(self, event: ReceivableSettled, change: Change) -> None:
        order_money.settle_order(change, event)

    @subscribe(ReceivableReopened)
    def unsettle_order(self, event: ReceivableReopened, change: Change) -> None:
        order_money.unsettle_order(change, event)

    @subscribe(ReceiptConfirmed)
    def note_receipt(self, event: ReceiptConfirmed, change: Change) -> None:
        order_money.note_money(change, event)

    @subscribe(ReceiptReversed)
    def note_reversal(self, event: ReceiptReversed, change: Change) -> None:
        order_money.note_money(change, event)
