"""What finance tells of money that customers owe and pay becomes messages to those it concerns (FIN-03, 04, 06, 20)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from uuid import UUID

from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.protocol.finance.receivables_events import (
    CreditExceeded,
    ReceiptConfirmed,
    ReceiptCreated,
    ReceiptEvent,
    ReceiptRejected,
    ReceiptReversed,
    ReceivableDue,
)
from crm_common.protocol.office.finance_messages import FinanceMessages
from crm_common.protocol.office.message_kinds import MessageKind, Subject
from office.domain.message import Parameter
from office.store import role_holders
from office.usecases.messages import tell

FINANCE = "FINANCE"


def keep_finance_staff(run: JobRun, holders: Sequence[UUID]) -> None:
    """Who of finance is told of what waits."""
    with run.change() as change:
        role_holders.save(change.connection, FINANCE, holders)
    run.report["holders"] = len(holders)


def remind_of_receivable(change: Change, event: ReceivableDue) -> None:
    """To the owner and finance, once for each stage of the due day (FIN-06)."""
    late = event.days_overdue > 0
    to = {event.owner_id, *role_holders.of(change.connection, FINANCE)}
    stage = f"{event.receivable_id}/{event.due_on}/{event.days_overdue}"
    about, amount = Subject("Receivable", event.receivable_id), _money(event.open_amount, event.currency)
    said: dict[str, Parameter] = {"title": event.title, "amount": amount, "day": event.due_on}
    if late:
        kind, said = FinanceMessages.receivable_overdue, said | {"days": event.days_overdue}
    else:
        kind = FinanceMessages.receivable_due
    tell(change, to=to, kind=kind, about=about, key=stage, **said)


def tell_of_waiting_receipt(change: Change, event: ReceiptCreated) -> None:
    """To finance, but for whoever entered it; what waits of one order gathers in one message."""
    staff = set(role_holders.of(change.connection, FINANCE)) - {event.created_by}
    key = str(event.receivable_id or event.receipt_id)
    _tell(change, FinanceMessages.receipts_waiting, event, staff, key=key)


def tell_of_confirmation(change: Change, event: ReceiptConfirmed) -> None:
    """To the owner of what it pays."""
    still = _money(event.open_amount, event.currency)
    _tell(change, FinanceMessages.receipt_confirmed, event, [event.owner_id], key=str(event.receipt_id), open=still)


def tell_of_rejection(change: Change, event: ReceiptRejected) -> None:
    """To whoever entered it."""
    key = str(event.receipt_id)
    _tell(change, FinanceMessages.receipt_rejected, event, [event.created_by], key=key, reason=event.reason)


def tell_of_reversal(change: Change, event: ReceiptReversed) -> None:
    """To whoever entered it, and the owner of what is open again."""
    to, key = {event.created_by, event.owner_id}, str(event.receipt_id)
    _tell(change, FinanceMessages.receipt_reversed, event, to, key=key, reason=event.reason)


def tell_of_exceeded_credit(change: Change, event: CreditExceeded) -> None:
    """To the owner and finance."""
    tell(
        change, to={event.owner_id, *role_holders.of(change.connection, FINANCE)},
        kind=FinanceMessages.credit_exceeded, about=Subject("Customer", event.customer_id),
        key=str(event.receivable_id), amount=_money(event.open_amount, event.currency),
        limit=_money(event.credit_limit, event.currency),
    )  # fmt: skip


def _tell(
    change: Change, kind: MessageKind, event: ReceiptEvent, to: Collection[UUID], *, key: str, **said: Parameter
) -> None:
    about, amount = Subject("Receipt", event.receipt_id), _money(event.amount, event.currency)
    tell(change, to=to, kind=kind, about=about, key=key, amount=amount, **said)


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:,.2f} {currency}"
