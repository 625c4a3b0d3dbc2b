"""Leave, return from leave, overtime (请假、销假、加班, OFC-12, 13): asked for by flows, counted when approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.attendance import EDIT_ATTENDANCE
from crm_common.protocol.office.service import VERSION_DOC, EmployeeId, Version, office
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, shown

LeaveId = Annotated[UUID, Ref("Leave")]
OvertimeId = Annotated[UUID, Ref("Overtime")]
Reason = Annotated[str, Meta(min_length=1, max_length=1000)]
LEAVE, LEAVE_RETURN, OVERTIME = "leave", "leave_return", "overtime"
"""The kinds of the flows that decide; their forms stand among the ready ones."""
MOST_LEAVE_DAYS = 366
MOST_OVERTIME_HOURS = 24


class LeaveRules(Rules):
    """Refusals of leave and overtime."""

    a_leave_ends_after_it_begins = Rule(
        Code.VALIDATION,
        en="A leave ends after it begins, and lasts at most {days} days.",
        zh="请假的结束时间须晚于开始时间，最长 {days} 天。",
    )
    a_leave_takes_a_day_of_work = Rule(
        Code.VALIDATION, en="There is no day of work in this time.", zh="该时间段内没有工作日，无需请假。"
    )
    leaves_do_not_overlap = Rule(
        Code.VALIDATION, en="There is another leave in this time ({day}).", zh="该时间段与已有请假（{day}）重叠。"
    )
    there_are_not_so_many_days_left = Rule(
        Code.LIMIT_EXCEEDED, en="Of this kind {left} days are left this year.", zh="该假别本年度剩余 {left} 天。"
    )
    one_returns_within_the_leave = Rule(
        Code.VALIDATION,
        en="One returns before the leave would end, and after it began.",
        zh="销假时间须在请假期间之内。",
    )
    a_leave_is_not_in_this_state = Rule(
        Code.BAD_STATE, en="A leave that is {state} does not allow this.", zh="请假当前状态（{state}）不允许此操作。"
    )
    overtime_ends_after_it_begins = Rule(
        Code.VALIDATION,
        en="Overtime ends after it begins, and lasts at most {hours} hours.",
        zh="加班的结束时间须晚于开始时间，最长 {hours} 小时。",
    )
    overtimes_do_not_overlap = Rule(
        Code.VALIDATION, en="There is other overtime in this time.", zh="该时间段与已有加班申请重叠。"
    )


class LeaveKind(StrEnum):
    """What a leave is for; the same as in the ready form."""

    ANNUAL = "ANNUAL"
    """Annual leave (年假)."""
    SICK = "SICK"
    """Sick leave (病假)."""
    PERSONAL = "PERSONAL"
    """Personal leave (事假)."""
    MARRIAGE = "MARRIAGE"
    """Marriage leave (婚假)."""
    MATERNITY = "MATERNITY"
    """Maternity leave (产假)."""
    PATERNITY = "PATERNITY"
    """Paternity leave (陪产假)."""
    BEREAVEMENT = "BEREAVEMENT"
    """Bereavement leave (丧假)."""
    COMPENSATORY = "COMPENSATORY"
    """Time off in lieu (调休)."""
    OTHER = "OTHER"
    """Other leave (其他)."""


class HalfDay(StrEnum):
    """A half of a day."""

    MORNING = "MORNING"
    """Until noon (上午)."""
    AFTERNOON = "AFTERNOON"
    """From noon on (下午)."""


class LeaveState(StrEnum):
    """Where a leave stands."""

    REQUESTED = "REQUESTED"
    """Asked for (待审批)."""
    APPROVED = "APPROVED"
    """Granted (已批准)."""
    REFUSED = "REFUSED"
    """Refused or taken back (未批准)."""
    RETURN_REQUESTED = "RETURN_REQUESTED"
    """Granted; an earlier return waits for its confirmation (销假待核准)."""
    RETURNED = "RETURNED"
    """An earlier return was confirmed, the days are corrected (已销假)."""


class OvertimeState(StrEnum):
    """Where overtime stands."""

    REQUESTED = "REQUESTED"
    """Asked for (待审批)."""
    APPROVED = "APPROVED"
    """Confirmed: it counts (已批准)."""
    REFUSED = "REFUSED"
    """Refused or taken back (未批准)."""


class Compensation(StrEnum):
    """What is given for overtime."""

    PAY = "PAY"
    """Money (加班费)."""
    TIME_OFF = "TIME_OFF"
    """Time off (调休)."""


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class LeaveView:
    """A leave: one's own, with attendance.view_all everybody's."""

    id: UUID = shown("The id.")
    employee_id: EmployeeId = shown("Whose it is.", filterable=True)
    employee_name: str | None = shown("His name, as this service knows it.")
    kind: LeaveKind = shown("What it is for.", filterable=True)
    first_day: date = shown("Its first day.", filterable=True, sortable=True)
    first_half: HalfDay = shown("With which half of that day it begins.")
    last_day: date = shown("Its last day.", filterable=True, sortable=True)
    last_half: HalfDay = shown("With which half of that day it ends.")
    days: Decimal = shown("How many days of work it takes, in halves.", sortable=True)
    state: LeaveState = shown("Where it stands.", filterable=True)
    reason: str = shown("Why.")
    created_at: datetime = shown("When it was asked for.", sortable=True)
    version: int = shown("Counts its changes; send it back when returning.")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class OvertimeView:
    """Overtime: one's own, with attendance.view_all everybody's."""

    id: UUID = shown("The id.")
    employee_id: EmployeeId = shown("Whose it is.", filterable=True)
    employee_name: str | None = shown("His name, as this service knows it.")
    begins_at: datetime = shown("When it begins.", filterable=True, sortable=True)
    ends_at: datetime = shown("When it ends.", filterable=True, sortable=True)
    compensation: Compensation = shown("What is given for it.", filterable=True)
    state: OvertimeState = shown("Where it stands.", filterable=True)
    reason: str = shown("Why.")
    created_at: datetime = shown("When it was asked for.", sortable=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveBalance:
    """What somebody has of a kind of leave in a year."""

    kind: LeaveKind
    """The kind."""
    days_a_year: Decimal | None
    """How many days the company gives; null: as many as are granted."""
    taken: Decimal
    """Days granted, and asked for and not decided yet."""
    left: Decimal | None
    """Days that can be asked for; null where there is no limit."""


@office.query(AUTHENTICATED, returns=LeaveView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Leaves(ListQuery):
    """One's own leaves, with attendance.view_all everybody's; the latest first."""


@office.query(AUTHENTICATED, returns=LeaveView)
@dataclass(frozen=True, slots=True, kw_only=True)
class LeavesByIds(GetQuery):
    """Leaves by id."""


@office.query(AUTHENTICATED, returns=OvertimeView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Overtimes(ListQuery):
    """One's own overtime, with attendance.view_all everybody's; the latest first."""


@office.query(AUTHENTICATED, returns=OvertimeView)
@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimesByIds(GetQuery):
    """Overtime by id."""


@office.query(AUTHENTICATED, returns=tuple[LeaveBalance, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveBalances:
    """What the viewer has of each kind of leave in a year."""

    year: Annotated[int, Meta(ge=2000, le=2199)] = given("The year.")


@office.command(AUTHENTICATED, returns={"leave": LeaveView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLeave(Command):
    """Ask for leave: the flow of the kind "leave" begins. A leave counts to the year it begins in."""

    kind: LeaveKind = given("What it is for.")
    first_day: date = given("Its first day.")
    first_half: HalfDay = given("With which half of that day it begins.", default=HalfDay.MORNING)
    last_day: date = given("Its last day.")
    last_half: HalfDay = given("With which half of that day it ends.", default=HalfDay.AFTERNOON)
    reason: Reason = given("Why.")


@office.command(AUTHENTICATED, returns={"leave": LeaveView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnFromLeave(Command):
    """Say that one is back earlier: once the flow "leave_return" has confirmed it, the days are corrected."""

    id: LeaveId = given("The leave.")
    version: Version = given(VERSION_DOC)
    last_day: date = given("The last day that was really taken.")
    last_half: HalfDay = given("With which half of that day it ended.", default=HalfDay.AFTERNOON)


@office.command(AUTHENTICATED, returns={"overtime": OvertimeView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOvertime(Command):
    """Ask that overtime be confirmed: the flow of the kind "overtime" begins. It counts when it is approved."""

    begins_at: datetime = given("When it begins.")
    ends_at: datetime = given("When it ends.")
    compensation: Compensation = given("What is given for it.")
    reason: Reason = given("Why.")


@office.command(EDIT_ATTENDANCE, returns={"set": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class SetLeaveAllowance(Command):
    """Say how many days of a kind of leave the company gives in a year."""

    kind: LeaveKind = given("The kind.")
    days_a_year: Annotated[int, Meta(ge=0, le=366)] | None = given("How many; null: no limit.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveEvent(Event):
    """What every event of a leave tells. Why, it does not."""

    leave_id: UUID
    employee_id: UUID
    kind: LeaveKind
    first_day: date
    first_half: HalfDay
    last_day: date
    last_half: HalfDay
    days: Decimal


@office.event("leave.requested", subject="leave_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveRequested(LeaveEvent):
    """Somebody asked for leave."""


@office.event("leave.approved", subject="leave_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveApproved(LeaveEvent):
    """It was granted."""


@office.event("leave.refused", subject="leave_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveRefused(LeaveEvent):
    """It was refused or taken back."""


@office.event("leave.return_requested", subject="leave_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveReturnRequested(LeaveEvent):
    """Somebody said that he was back earlier."""


@office.event("leave.returned", subject="leave_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveReturned(LeaveEvent):
    """It was confirmed that he was back earlier: the days are those he really took."""


@office.event("leave.return_refused", subject="leave_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveReturnRefused(LeaveEvent):
    """It was not confirmed: the leave stays as it was."""


@office.event("leave_allowance.set", subject="allowance_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveAllowanceSet(Event):
    """How many days of a kind the company gives was said."""

    allowance_id: UUID
    kind: LeaveKind
    days_a_year: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeEvent(Event):
    """What every event of overtime tells."""

    overtime_id: UUID
    employee_id: UUID
    begins_at: datetime
    ends_at: datetime
    compensation: Compensation


@office.event("overtime.requested", subject="overtime_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeRequested(OvertimeEvent):
    """Somebody asked that overtime be confirmed."""


@office.event("overtime.approved", subject="overtime_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeApproved(OvertimeEvent):
    """It was confirmed."""


@office.event("overtime.refused", subject="overtime_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeRefused(OvertimeEvent):
    """It was refused or taken back."""
