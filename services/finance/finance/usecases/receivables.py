"""Receivables: of approved orders (FIN-02), entered by hand, written off, void; and what events make of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.days import today
from crm_common.protocol.finance import receivables_events as told
from crm_common.protocol.finance.receivables import (
    DUE_DAYS,
    WRITE_OFF,
    CreateReceivable,
    ReceivableRules,
    ReceivableSource,
    ReceivableState,
    UpdateReceivable,
    VoidReceivable,
    WriteOffReceivable,
)
from crm_common.protocol.finance.spending import expect_amount
from crm_common.protocol.office.approvals_events import (
    ApprovalApproved,
    ApprovalEvent,
    ApprovalRejected,
    ApprovalTurned,
    ApprovalWithdrawn,
)
from crm_common.protocol.sales.orders_events import OrderApproved, OrderReturned, OrderTurned, OrderVoided
from finance.adapters.customers import KnownCustomer
from finance.domain import receipt as receipts
from finance.domain import receivable as domain
from finance.domain.receivable import SETTLED, Receivable
from finance.store.receivables import RECEIPTS, RECEIVABLES, of_order, pending_receipts
from finance.usecases import credit, money_access, periods

Told = type[told.ReceivableEvent]
_ENDS: dict[ReceivableState, Told] = {
    domain.SETTLED: told.ReceivableSettled,
    domain.WRITTEN_OFF: told.ReceivableWrittenOff,
    domain.VOIDED: told.ReceivableVoided,
    domain.OVERDUE: told.ReceivableOverdue,
}


def follow_order(change: Change, event: OrderTurned) -> None:
    """What became of an order. What finance itself refused left no receivable behind."""
    if isinstance(event, OrderApproved):
        note_approved_order(change, event)
    elif isinstance(event, OrderVoided):
        note_voided_order(change, event)
    elif isinstance(event, OrderReturned):
        note_returned_order(change, event)


def note_approved_order(change: Change, event: OrderApproved) -> None:
    """What the customer owes for it, once, and a pending receipt for each voucher; refused when the month is closed."""
    if of_order(change.connection, event.order_id) is not None:
        return
    day = today(change)
    if not periods.is_open(change, day):
        reason, whose = "a_closed_period_is_not_changed", {"customer_id": event.customer_id, "owner_id": event.owner_id}
        change.record(told.ReceivableRefused(order_id=event.order_id, **whose, reason=reason))
        return
    made = Receivable(
        id=change.new_id(), title=event.number, source=ReceivableSource.ORDER, order_id=event.order_id,
        contract_id=event.contract_id, customer_id=event.customer_id, owner_id=event.owner_id, amount=event.amount,
        currency=event.currency, arose_on=day, due_on=event.due_on,
    )  # fmt: skip
    made = add(change, made)
    left = made.amount
    for voucher in event.vouchers:
        receipt = receipts.of_voucher(change.new_id(), voucher, made, event.submitted_by, left=left)
        RECEIPTS.insert(change.connection, receipt, change.now)
        change.record(told.ReceiptCreated(**receipts.told(None, receipt, made), created_by=receipt.created_by))
        left -= voucher.amount


def note_voided_order(change: Change, event: OrderVoided) -> None:
    """Nothing is owed for it any more, and nobody looks for its money; known already changes nothing."""
    before = of_order(change.connection, event.order_id)
    if before is not None and before.state is not domain.VOIDED:
        _void(change, before, event.reason)


def note_returned_order(change: Change, event: OrderReturned) -> None:
    """So much is owed for it from now on."""
    before = of_order(change.connection, event.order_id)
    if before is not None and before.state not in (domain.VOIDED, domain.WRITTEN_OFF):
        keep(change, before, domain.reduced(before, event.amount, change.now))


def note_refund(change: Change, receivable_id: UUID, amount: Decimal) -> None:
    """Money of it was paid back (FIN-16): for whoever pays refunds, in his transaction."""
    before = RECEIVABLES.locked(change.connection, receivable_id)
    if before is not None:
        keep(change, before, domain.refunded(before, amount, change.now))


def follow_write_off(change: Change, event: ApprovalTurned) -> None:
    """What became of an approval; while it only began or was sent back, nothing is decided."""
    if isinstance(event, (ApprovalApproved, ApprovalRejected, ApprovalWithdrawn)):
        note_write_off_decision(change, event, approved=isinstance(event, ApprovalApproved))


def note_write_off_decision(change: Change, event: ApprovalEvent, *, approved: bool) -> None:
    """The approval of its writing off came to its end."""
    if event.kind != WRITE_OFF or event.record_type != "receivable" or event.record_id is None:
        return
    before = RECEIVABLES.locked(change.connection, event.record_id)
    if before is not None:
        keep(change, before, domain.write_off_decided(before, approved=approved))


def create_receivable(customer: KnownCustomer, change: Change, command: CreateReceivable) -> dict[str, Any]:
    """What a customer owes without an order."""
    day, me = today(change), change.context.authenticated().id
    expect_amount(command.amount, "amount")
    periods.expect_open(change, day)
    due_on = command.due_on or day + timedelta(days=change.settings.get(DUE_DAYS))
    if due_on < day:
        raise ReceivableRules.a_due_day_lies_ahead(field="due_on")
    made = Receivable(
        id=change.new_id(), title=command.title.strip(), customer_id=customer.id, owner_id=customer.owner_id or me,
        source=ReceivableSource.CONTRACT if command.contract_id else ReceivableSource.OTHER,
        contract_id=command.contract_id, amount=command.amount, currency=command.currency, arose_on=day,
        due_on=due_on, remark=command.remark, created_by=me,
    )  # fmt: skip
    return {"receivable": add(change, made).id}


def update_receivable(change: Change, command: UpdateReceivable) -> dict[str, Any]:
    """Another due day, another remark."""
    before = money_access.receivable(change, command.id)
    after = domain.edited(before, command, today(change))
    periods.expect_open(change, before.arose_on)
    keep(change, before, after)
    return {"receivable": after.id}


def ask_to_write_off(change: Change, command: WriteOffReceivable) -> dict[str, Any]:
    """It waits for the approval that was started."""
    before = money_access.receivable(change, command.id)
    me = change.context.authenticated().id
    after = domain.write_off_asked(before, command.version, me, command.reason)
    periods.expect_open(change, before.arose_on)
    keep(change, before, after)
    return {"receivable": after.id}


def void_receivable(change: Change, command: VoidReceivable) -> dict[str, Any]:
    """What was entered by hand and never paid does not hold."""
    before = money_access.receivable(change, command.id)
    domain.expect_by_hand(before, command.version)
    periods.expect_open(change, before.arose_on)
    _void(change, before, command.reason)
    return {"receivable": before.id}


def keep(change: Change, before: Receivable, after: Receivable) -> None:
    """Write it, and say what became of it; the same again is nothing."""
    if after == before:
        return
    RECEIVABLES.save(change.connection, after, change.now)
    kind: Told = told.ReceivableUpdated
    if after.state is not before.state:
        kind = told.ReceivableReopened if before.state is SETTLED else _ENDS.get(after.state, kind)
    change.record(kind(**domain.told(before, after)))


def add(change: Change, made: Receivable) -> Receivable:
    """Keep a new one, and say so; of nothing at all it is settled at once."""
    after = domain.opened(made, change.now)
    RECEIVABLES.insert(change.connection, after, change.now)
    change.record(told.ReceivableCreated(**domain.told(None, after)))
    if after.state is SETTLED:
        change.record(told.ReceivableSettled(**domain.told(after, after)))
    credit.look_at_use(change, after)
    return after


def _void(change: Change, before: Receivable, reason: str) -> None:
    after = domain.voided(before, reason)
    for receipt in pending_receipts(change.connection, before.id):
        gone = receipts.dropped(receipt, reason, change.now)
        RECEIPTS.save(change.connection, gone, change.now)
        said: dict[str, Any] = {"reason": reason, "created_by": gone.created_by}
        change.record(told.ReceiptRejected(**receipts.told(receipt, gone, after), **said))
    keep(change, before, after)
