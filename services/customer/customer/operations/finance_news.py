"""What finance tells of money that customers owe: as long as something is open, they stay where they are."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.finance.receivables_events import ReceivableEvent
from crm_common.runtime.entrypoints import subscribe
from customer.operations.offering import Offering
from customer.usecases import owing


class FinanceNews(Offering):
    """An open receivable holds its customer (features §3.1: no discard, no erasure)."""

    @subscribe(ReceivableEvent)
    def note_what_is_owed(self, event: ReceivableEvent, change: Change) -> None:
        # by one method: each method's events come in their order, those of two may not
        owing.note(change, event)
