"""What finance tells of money that customers owe and pay, and whom it concerns."""

from __future__ import annotations

from uuid import UUID

from crm_common import codec
from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.protocol.finance.receivables_events import (
    CreditExceeded,
    ReceiptConfirmed,
    ReceiptCreated,
    ReceiptRejected,
    ReceiptReversed,
    ReceivableDue,
)
from crm_common.runtime.entrypoints import every, subscribe
from office.operations.offering import Offering
from office.usecases import finance_news
from office.usecases.finance_news import FINANCE


class FinanceNews(Offering):
    """Events of receivables and receipts become messages, each once."""

    @every("*/10 * * * *", name="office.finance_staff")
    def keep_finance_staff(self, run: JobRun) -> None:
        """Learns who has the role of finance: they are told of what waits for them."""
        found = codec.decode_json(self.host.client.call("identity", "staffing", {"role_codes": [FINANCE]}, run.context))
        finance_news.keep_finance_staff(run, [UUID(each) for each in found["roles"].get(FINANCE, ())])

    @subscribe(ReceivableDue)
    def remind_of_receivable(self, event: ReceivableDue, change: Change) -> None:
        finance_news.remind_of_receivable(change, event)

    @subscribe(ReceiptCreated)
    def tell_of_waiting_receipt(self, event: ReceiptCreated, change: Change) -> None:
        finance_news.tell_of_waiting_receipt(change, event)

    @subscribe(ReceiptConfirmed)
    def tell_of_confirmed_receipt(self, event: ReceiptConfirmed, change: Change) -> None:
        finance_news.tell_of_confirmation(change, event)

    @subscribe(ReceiptRejected)
    def tell_of_rejected_receipt(self, event: ReceiptRejected, change: Change) -> None:
        finance_news.tell_of_rejection(change, event)

    @subscribe(ReceiptReversed)
    def tell_of_reversed_receipt(self, event: ReceiptReversed, change: Change) -> None:
        finance_news.tell_of_reversal(change, event)

    @subscribe(CreditExceeded)
    def tell_of_exceeded_credit(self, event: CreditExceeded, change: Change) -> None:
        finance_news.tell_of_exceeded_credit(change, event)
