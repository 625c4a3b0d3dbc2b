"""What finance tells of money that is spent becomes messages to those it concerns (FIN-08, 11, 14)."""

from __future__ import annotations

from decimal import Decimal

from crm_common.changes import Change
from crm_common.protocol.finance.expenses import ExpenseApproved, ExpenseEvent, ExpensePaid, ExpenseRejected
from crm_common.protocol.finance.funds import FundOverdue
from crm_common.protocol.finance.payables import PayableDue
from crm_common.protocol.office.message_kinds import MessageKind, Subject
from crm_common.protocol.office.spending_messages import SpendingMessages
from office.domain.message import Parameter
from office.usecases.messages import tell


def tell_of_approval(change: Change, event: ExpenseApproved) -> None:
    """To the claimant; a claim is approved once."""
    _tell(change, SpendingMessages.expense_approved, event, key=str(event.claim_id))


def tell_of_refusal(change: Change, event: ExpenseRejected) -> None:
    """To the claimant; each of several reviews is told."""
    review = f"{event.claim_id}/{change.context.correlation_id}"
    _tell(change, SpendingMessages.expense_rejected, event, key=review, reason=event.reason)


def tell_of_payment(change: Change, event: ExpensePaid) -> None:
    """To the claimant."""
    _tell(change, SpendingMessages.expense_paid, event, key=str(event.claim_id), day=event.paid_on)


def remind_of_payable(change: Change, event: PayableDue) -> None:
    """To whoever is in charge of it, once for each day of the reminder (FIN-08)."""
    tell(
        change, to=[event.owner_id], kind=SpendingMessages.payable_due, about=Subject("Payable", event.payable_id),
        key=f"{event.payable_id}/{event.reminded_on}", title=event.title,
        amount=_money(event.open_amount, event.currency), day=event.due_on,
    )  # fmt: skip


def remind_of_funds(change: Change, event: FundOverdue) -> None:
    """To whoever took it and whoever gave it, once for each day of the reminder (FIN-14)."""
    tell(
        change, to=[event.user_id, event.registered_by], kind=SpendingMessages.fund_overdue,
        about=Subject("FundUse", event.fund_use_id), key=f"{event.fund_use_id}/{event.reminded_on}",
        title=event.purpose, amount=_money(event.open_amount, event.currency), day=event.due_on,
    )  # fmt: skip


def _tell(change: Change, kind: MessageKind, event: ExpenseEvent, *, key: str, **parameters: Parameter) -> None:
    about = Subject("ExpenseClaim", event.claim_id)
    amount = _money(event.amount, event.currency)
    tell(
        change, to=[event.claimant_id], kind=kind, about=about, key=key, title=event.title, amount=amount, **parameters
    )


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:,.2f} {currency}"
