"""What finance tells of money that customers owe: as long as something is open, they stay where they are."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.finance.receivables_events import (
    ReceivableCreated,
    ReceivableReopened,
    ReceivableSettled,
    ReceivableVoided,
    ReceivableWrittenOff,
)
from crm_common.runtime.entrypoints import subscribe
from customer.operations.offering import Offering
from customer.usecases import owing


class FinanceNews(Offering):
    """An open receivable holds its customer (features §3.1: no discard, no erasure)."""

    @subscribe(ReceivableCreated)
    def hold_for_what_is_owed(self, event: ReceivableCreated, change: Change) -> None:
        owing.hold(change, event)

    @subscribe(ReceivableReopened)
    def hold_for_what_is_owed_again(self, event: ReceivableReopened, change: Change) -> None:
        owing.hold(change, event)

    @subscribe(ReceivableSettled)
    def release_what_is_settled(self, event: ReceivableSettled, change: Change) -> None:
        owing.release(change, event)

    @subscribe(ReceivableWrittenOff)
    def release_what_is_written_off(self, event: ReceivableWrittenOff, change: Change) -> None:
        owing.release(change, event)

    @subscribe(ReceivableVoided)
    def release_what_is_void(self, event: ReceivableVoided, change: Change) -> None:
        owing.release(change, event)
