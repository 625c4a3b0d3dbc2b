"""Commands about leave and overtime (OFC-12, 13), and what the ends of their flows bring about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.protocol.office.approvals import StartApprovalFor
from crm_common.protocol.office.approvals_events import (
    ApprovalApproved,
    ApprovalEvent,
    ApprovalRejected,
    ApprovalTurned,
    ApprovalWithdrawn,
)
from crm_common.protocol.office.leave import (
    LEAVE,
    LEAVE_RETURN,
    OVERTIME,
    LeaveAllowanceSet,
    LeaveApproved,
    LeaveEvent,
    LeaveRefused,
    LeaveRequested,
    LeaveReturned,
    LeaveReturnRefused,
    LeaveReturnRequested,
    LeaveRules,
    LeaveState,
    OvertimeApproved,
    OvertimeEvent,
    OvertimeRefused,
    OvertimeRequested,
    OvertimeState,
    RequestLeave,
    RequestOvertime,
    ReturnFromLeave,
    SetLeaveAllowance,
)
from office.domain import leave as domain
from office.domain.leave import Leave, Overtime, Time
from office.store import attendance, leave
from office.store.attendance_days import calendar
from office.usecases import approvals
from office.usecases.approval_asking import Prepared


def request_leave(prepared: Prepared | None, change: Change, command: RequestLeave) -> dict[str, Any]:
    """A leave of the caller's, which waits for its flow."""
    me, time, rows = change.context.authenticated().id, domain.wanted(command), attendance.within(change.connection)
    leave.one_at_a_time(change.connection, me)
    if (other := leave.overlapping(change.connection, me, time)) is not None:
        raise LeaveRules.leaves_do_not_overlap(field="first_day", day=other.isoformat())
    days, taken = _days(change, time), leave.taken(rows, me, time.first_day.year)
    domain.expect_days(days, taken.get(command.kind, 0 * days), leave.allowances(rows).get(command.kind))
    made = Leave(
        id=change.new_id(), employee_id=me, kind=command.kind, time=time, days=days, state=LeaveState.REQUESTED,
        reason=command.reason,
    )  # fmt: skip
    leave.insert(change.connection, made, change.now)
    change.record(_told(LeaveRequested, made))
    form = {"leaveKind": made.kind.value, "from": time.first_day.isoformat(), "fromHalf": time.first_half.value}
    form |= {"to": time.last_day.isoformat(), "toHalf": time.last_half.value, "reason": made.reason}
    _start(prepared, change, (LEAVE, made.id, me), form)
    return {"leave": made.id}


def return_from_leave(prepared: Prepared | None, change: Change, command: ReturnFromLeave) -> dict[str, Any]:
    """The leave ended earlier, if that is confirmed."""
    me, before = change.context.authenticated().id, leave.locked(change.connection, command.id)
    if before is None or before.employee_id != me:
        raise CommonRules.the_record_was_not_found(field="id")
    after = domain.returning(before, command)
    leave.save(change.connection, after)
    change.record(_told(LeaveReturnRequested, after))
    time = after.time
    form = {"leave": f"{time.first_day} – {time.last_day}", "to": command.last_day.isoformat()}
    _start(prepared, change, (LEAVE_RETURN, after.id, me), form | {"toHalf": command.last_half.value})
    return {"leave": after.id}


def request_overtime(prepared: Prepared | None, change: Change, command: RequestOvertime) -> dict[str, Any]:
    """Overtime of the caller's, which waits for its confirmation."""
    me = change.context.authenticated().id
    made = domain.overtime(change.new_id(), me, command)
    leave.one_at_a_time(change.connection, me)
    if leave.overtime_in(change.connection, me, made.begins_at, made.ends_at):
        raise LeaveRules.overtimes_do_not_overlap(field="begins_at")
    leave.add_overtime(change.connection, made, change.now)
    change.record(_told_overtime(OvertimeRequested, made))
    form = {"begins": made.begins_at.isoformat(), "ends": made.ends_at.isoformat()}
    form |= {"compensation": made.compensation.value, "reason": made.reason}
    _start(prepared, change, (OVERTIME, made.id, me), form)
    return {"overtime": made.id}


def set_leave_allowance(change: Change, command: SetLeaveAllowance) -> dict[str, Any]:
    """How many days of a kind the company gives in a year."""
    identifier = leave.allow(change.connection, change.new_id(), command.kind, command.days_a_year)
    change.record(LeaveAllowanceSet(allowance_id=identifier, kind=command.kind, days_a_year=command.days_a_year))
    return {"set": True}


def follow_approval(change: Change, event: ApprovalTurned) -> None:
    """What became of an approval; while it only began or was sent back, nothing is decided."""
    if isinstance(event, (ApprovalApproved, ApprovalRejected, ApprovalWithdrawn)):
        note_decision(change, event, approved=isinstance(event, ApprovalApproved))


def note_decision(change: Change, event: ApprovalEvent, *, approved: bool) -> None:
    """A flow came to its end. What was known already changes nothing."""
    if event.record_type not in (LEAVE, LEAVE_RETURN, OVERTIME) or event.record_id is None:
        return
    if event.record_type == OVERTIME:
        _decide_overtime(change, event.record_id, approved=approved)
        return
    before = leave.locked(change.connection, event.record_id)
    if before is None:
        return
    if event.record_type == LEAVE:
        after = domain.decided(before, approved=approved)
    else:
        waits = before.state is LeaveState.RETURN_REQUESTED
        days = _days(change, domain.cut_short(before)) if waits and approved else before.days
        after = domain.return_decided(before, days, approved=approved)
    if after != before:
        leave.save(change.connection, after)
        change.record(_told(_ENDS[event.record_type, approved], after))


_ENDS: dict[tuple[str, bool], type[LeaveEvent]] = {
    (LEAVE, True): LeaveApproved,
    (LEAVE, False): LeaveRefused,
    (LEAVE_RETURN, True): LeaveReturned,
    (LEAVE_RETURN, False): LeaveReturnRefused,
}


def _decide_overtime(change: Change, overtime_id: UUID, *, approved: bool) -> None:
    found = leave.overtime(change.connection, overtime_id)
    if found is None or found.state is not OvertimeState.REQUESTED:
        return
    state = OvertimeState.APPROVED if approved else OvertimeState.REFUSED
    leave.decide_overtime(change.connection, overtime_id, state)
    change.record(_told_overtime(OvertimeApproved if approved else OvertimeRefused, found))


def _start(prepared: Prepared | None, change: Change, about: tuple[str, UUID, UUID], form: dict[str, Any]) -> None:
    kind, record, initiator = about
    command = StartApprovalFor(kind=kind, record_type=kind, record_id=record, initiator_id=initiator, form=form)
    approvals.start_approval_for(prepared, change, command)


def _days(change: Change, time: Time) -> Any:
    number = (time.last_day - time.first_day).days + 1
    days = [time.first_day + timedelta(days=each) for each in range(number)]
    return time.days_of_work(calendar(attendance.within(change.connection), days))


def _told(kind: type[LeaveEvent], of: Leave) -> LeaveEvent:
    return kind(
        leave_id=of.id, employee_id=of.employee_id, kind=of.kind, first_day=of.time.first_day,
        first_half=of.time.first_half, last_day=of.time.last_day, last_half=of.time.last_half, days=of.days,
    )  # fmt: skip


def _told_overtime(kind: type[OvertimeEvent], of: Overtime) -> OvertimeEvent:
    return kind(
        overtime_id=of.id, employee_id=of.employee_id, begins_at=of.begins_at, ends_at=of.ends_at,
        compensation=of.compensation,
    )  # fmt: skip
