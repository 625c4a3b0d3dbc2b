"""What finance tells of money that is spent, and whom it concerns."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.finance.expenses import ExpenseApproved, ExpensePaid, ExpenseRejected
from crm_common.protocol.finance.funds import FundOverdue
from crm_common.protocol.finance.payables import PayableDue
from crm_common.runtime.entrypoints import subscribe
from office.operations.offering import Offering
from office.usecases import spending_news


class SpendingNews(Offering):
    """Events of claims, payables and funds become messages, each once."""

    @subscribe(ExpenseApproved)
    def tell_of_approved_claim(self, event: ExpenseApproved, change: Change) -> None:
        spending_news.tell_of_approval(change, event)

    @subscribe(ExpenseRejected)
    def tell_of_refused_claim(self, event: ExpenseRejected, change: Change) -> None:
        spending_news.tell_of_refusal(change, event)

    @subscribe(ExpensePaid)
    def tell_of_paid_claim(self, event: ExpensePaid, change: Change) -> None:
        spending_news.tell_of_payment(change, event)

    @subscribe(PayableDue)
    def remind_of_payable(self, event: PayableDue, change: Change) -> None:
        spending_news.remind_of_payable(change, event)

    @subscribe(FundOverdue)
    def remind_of_funds(self, event: FundOverdue, change: Change) -> None:
        spending_news.remind_of_funds(change, event)
