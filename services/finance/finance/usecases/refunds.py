"""Commands about refunds (FIN-16), and what the ends of their flows bring about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.days import today
from crm_common.errors import CommonRules
from crm_common.protocol.finance.refunds import (
    REFUND,
    CancelRefund,
    PayRefund,
    RefundApproved,
    RefundCancelled,
    RefundEvent,
    RefundPaid,
    RefundRejected,
    RefundRequested,
    RequestRefund,
)
from crm_common.protocol.office.approvals_events import (
    ApprovalApproved,
    ApprovalEvent,
    ApprovalRejected,
    ApprovalStarted,
    ApprovalTurned,
    ApprovalWithdrawn,
)
from finance.domain import refund as domain
from finance.domain.refund import Refund
from finance.store import settling as store
from finance.store.receivables import receipt_with_receivable
from finance.store.settling import REFUNDS
from finance.usecases import money_access, periods, receivables
from finance.usecases.reach import expect_in_reach

_SECTION, _PAYING = "receipt", "payment"


def request_refund(change: Change, command: RequestRefund) -> dict[str, Any]:
    """A refund that waits for its approval; under the lock of its receipt."""
    of, _ = money_access.receipt(change, command.receipt_id)
    taken, _ = store.refunded(change.connection, of.id)
    made = domain.requested(change.new_id(), of, taken, command, change.context.authenticated().id)
    REFUNDS.insert(change.connection, made, change.now)
    change.record(RefundRequested(**domain.told(None, made)))
    return {"refund": made.id}


def cancel_refund(change: Change, command: CancelRefund) -> dict[str, Any]:
    """What was approved is not paid after all."""
    before = _reached(change, command.id)
    after = domain.cancelled(before, command.version)
    _keep(change, before, after, RefundCancelled)
    return {"refund": after.id}


def pay_refund(change: Change, command: PayRefund) -> dict[str, Any]:
    """The money went back: what it had paid is owed again."""
    seen = REFUNDS.get(change.connection, command.id)
    if seen is None:
        raise CommonRules.the_record_was_not_found(field="id")
    of, _ = receipt_with_receivable(change.connection, seen.receipt_id)
    before, me = _reached(change, command.id, _PAYING), change.context.authenticated().id
    assert of is not None
    after = domain.paid(before, command, me, today(change))
    periods.expect_open(change, command.paid_on, field="paid_on")
    _, paid_before = store.refunded(change.connection, of.id)
    owed_again = domain.owed_again(of, paid_before, after.amount)
    REFUNDS.save(change.connection, after, change.now)
    told: dict[str, Any] = domain.told(before, after)
    change.record(RefundPaid(**told, paid_on=command.paid_on, paid_by=me, owed_again=owed_again))
    if owed_again and after.receivable_id is not None:
        receivables.note_refund(change, after.receivable_id, owed_again)
    return {"refund": after.id}


def follow_approval(change: Change, event: ApprovalTurned) -> None:
    """What became of an approval; sent back, it still waits for its initiator."""
    if isinstance(event, ApprovalStarted):
        note_start(change, event)
    elif isinstance(event, (ApprovalApproved, ApprovalRejected, ApprovalWithdrawn)):
        note_decision(change, event, approved=isinstance(event, ApprovalApproved))


def note_start(change: Change, event: ApprovalEvent) -> None:
    """The flow of a refund began."""
    before = _asked_about(change, event)
    if before is not None and before.approval_id is None:
        REFUNDS.save(change.connection, domain.started(before, event.approval_id), change.now)


def note_decision(change: Change, event: ApprovalEvent, *, approved: bool) -> None:
    """The flow of a refund came to its end; heard again, nothing happens."""
    before = _asked_about(change, event)
    if before is None:
        return
    after = domain.decided(before, approved=approved)
    if after != before:
        _keep(change, before, after, RefundApproved if approved else RefundRejected)


def _asked_about(change: Change, event: ApprovalEvent) -> Refund | None:
    if event.record_type != REFUND or event.record_id is None:
        return None
    return REFUNDS.locked(change.connection, event.record_id)


def _keep(change: Change, before: Refund, after: Refund, kind: type[RefundEvent]) -> None:
    REFUNDS.save(change.connection, after, change.now)
    change.record(kind(**domain.told(before, after)))


def _reached(change: Change, refund_id: UUID, section: str = _SECTION) -> Refund:
    found = REFUNDS.locked(change.connection, refund_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    expect_in_reach(change, section, found.owner_id)
    return found
