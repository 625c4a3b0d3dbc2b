"""Commands about delegations (OFC-28), and questions that go to others when somebody is disabled or moved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.protocol.identity.departments import DepartmentHeadChanged
from crm_common.protocol.identity.employees import EmployeeEvent
from crm_common.protocol.office.approval_rules import DelegationRules
from crm_common.protocol.office.approvals_delegations import DelegateApprovals, EndApprovalDelegation
from crm_common.protocol.office.approvals_events import ApprovalDelegated, ApprovalDelegationEnded
from crm_common.protocol.office.approvals_messages import ApprovalMessages
from crm_common.store import Store
from office.domain import approval_delegation as domain
from office.domain.approval_rerouting import rerouted
from office.store import approval_delegations, approvals, people
from office.usecases import approval_told, messages
from office.usecases.approval_asking import Desk

_AT_ONCE = 100


def delegate_approvals(is_active: bool, change: Change, command: DelegateApprovals) -> dict[str, Any]:
    """Somebody represents the caller; ``is_active``: whether identity says he works here."""
    me = change.context.authenticated().id
    if not is_active:
        raise DelegationRules.a_delegate_is_a_colleague(field="to_id")
    made = domain.delegated(change.new_id(), me, command, change.now)
    approval_delegations.insert(change.connection, made, change.now)
    told = {"delegation_id": made.id, "from_id": me, "to_id": made.to_id}
    change.record(ApprovalDelegated(**told, kinds=made.kinds, starts_at=made.starts_at, ends_at=made.ends_at))
    messages.tell(
        change, to=[made.to_id], kind=ApprovalMessages.approvals_delegated, about=None, key=str(made.id),
        name=people.name_of(change.connection, me), begins=made.starts_at, ends=made.ends_at,
    )  # fmt: skip
    return {"delegation": made.id}


def end_approval_delegation(change: Change, command: EndApprovalDelegation) -> dict[str, Any]:
    """A delegation ends now; only whoever gave it ends it."""
    before = approval_delegations.locked(change.connection, command.id)
    if before is None or before.from_id != change.context.authenticated().id:
        raise CommonRules.the_record_was_not_found(field="id")
    after = domain.ended(before, change.now)
    approval_delegations.end(change.connection, after)
    change.record(ApprovalDelegationEnded(delegation_id=after.id, from_id=after.from_id, to_id=after.to_id))
    return {"delegation": after.id}


def note_to_recheck(change: Change, event: EmployeeEvent) -> None:
    """Whoever was disabled or moved: what waits for him is looked at by the next run, which can ask identity."""
    approval_delegations.note_recheck(change.connection, event.employee_id, change.now)


def note_former_head(change: Change, event: DepartmentHeadChanged) -> None:
    """Whoever led the department: what waits for him as its head, or as a superior, is looked at too."""
    if event.former_head_id is not None:
        approval_delegations.note_recheck(change.connection, event.former_head_id, change.now)


def reroute(run: JobRun, store: Store, desk: Desk) -> None:
    """Give what waits for people who left or moved to others. Each approval is a transaction of its own."""
    moved = 0
    for gone, noted_at in approval_delegations.rechecks(store, _AT_ONCE):
        after: UUID | None = None
        while some := approvals.waiting_for(store, gone, after, _AT_ONCE):
            for approval_id in some:
                moved += _reroute(run, desk, approval_id, gone)
            after = some[-1]
        with run.change() as change:
            approval_delegations.rechecked(change.connection, gone, noted_at)
    run.report["rerouted"] = moved


def _reroute(run: JobRun, desk: Desk, approval_id: UUID, gone: UUID) -> int:
    prepared = desk.to_go_on(approval_id)
    if prepared is None:
        return 0
    with run.change() as change:
        before = approvals.locked(change.connection, approval_id)
        if before is None:
            return 0
        after, steps = rerouted(before, gone, prepared.asking)
        approval_told.write_down(change, before, after, steps, prepared.asking)
        return len(steps)
