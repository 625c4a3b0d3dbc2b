"""Attendance (考勤, OFC-14, 15): when people work, which days are days of work, and what a month comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, OneQuery, given
from crm_common.protocol.identity.company import Weekday
from crm_common.protocol.office.service import VERSION_DOC, EmployeeId, Version, office
from crm_common.protocol.policy import AUTHENTICATED, needs
from crm_common.protocol.views import Ref, shown

EDIT_ATTENDANCE = needs("attendance.edit")
SEE_ALL = needs("attendance.view_all")
"""Everybody's record; without it one sees one's own."""
MOST_DAYS = 366

Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Month = Annotated[str, Meta(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
SpecialDayId = Annotated[UUID, Ref("SpecialDay")]


class AttendanceRules(Rules):
    """Refusals of attendance."""

    work_ends_after_it_begins = Rule(
        Code.VALIDATION, en="Work ends after it begins, on the same day.", zh="下班时间须晚于上班时间。"
    )
    somebody_works_some_day = Rule(
        Code.VALIDATION, en="At least one day of the week is a day of work.", zh="每周至少有一个工作日。"
    )
    a_month_is_over_before_it_is_counted = Rule(
        Code.BAD_STATE, en="The month {month} is not over yet.", zh="{month} 尚未结束。"
    )
    a_calendar_is_asked_for_in_order = Rule(
        Code.VALIDATION,
        en="The last day is not before the first, and at most {days} days later.",
        zh="截止日期不能早于开始日期，且最长 {days} 天。",
    )


class DayKind(StrEnum):
    """Why a day is a day of work, or not."""

    WORK = "WORK"
    """A day of work like every week (工作日)."""
    REST = "REST"
    """A day of rest like every week (休息日)."""
    HOLIDAY = "HOLIDAY"
    """A public holiday (法定节假日)."""
    MADE_UP = "MADE_UP"
    """A day of rest that is worked for a holiday (调休上班)."""
    COMPANY_WORK = "COMPANY_WORK"
    """A day of work by the company's own word (公司指定上班)."""
    COMPANY_REST = "COMPANY_REST"
    """A day of rest by the company's own word (公司指定休息)."""


class DayState(StrEnum):
    """What somebody's day came to."""

    PRESENT = "PRESENT"
    """Came in time and stayed (正常)."""
    LATE = "LATE"
    """Came late (迟到)."""
    EARLY = "EARLY"
    """Left early (早退)."""
    LATE_AND_EARLY = "LATE_AND_EARLY"
    """Came late and left early (迟到且早退)."""
    HALF = "HALF"
    """Checked in or out only (缺卡)."""
    LEAVE = "LEAVE"
    """On leave, all day (请假)."""
    ABSENT = "ABSENT"
    """A day of work without a sign of him (旷工)."""
    REST = "REST"
    """No day of work (休息)."""
    AHEAD = "AHEAD"
    """Today or later: not counted yet (未到)."""


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class AttendanceRuleView:
    """When people of the company work."""

    begins_at: str = shown("When work begins, HH:MM in the company's zone.")
    ends_at: str = shown("When work ends, HH:MM in the company's zone.")
    grace_minutes: int = shown("How many minutes late, or early, do not count.")
    rest_days: list[Weekday] = shown("Days of the week on which nobody works.")
    public_holidays: bool = shown("Whether the State Council's holidays and make-up days of work hold.")
    office_radius: int = shown("How many metres around an office belong to it.")
    updated_at: datetime = shown("When it was last changed.")
    version: int = shown("Counts its changes; send it back when editing.")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class SpecialDayView:
    """A day that is by the company's own word a day of work or of rest."""

    id: UUID = shown("The id.")
    day: date = shown("The day.", filterable=True, sortable=True)
    working: bool = shown("Whether it is worked.", filterable=True)
    name: str = shown("What it is called.")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class AttendanceMonthView:
    """What a closed month came to for somebody: one's own, with attendance.view_all everybody's."""

    id: UUID = shown("The id.")
    month: str = shown("The month, YYYY-MM.", filterable=True, sortable=True)
    employee_id: EmployeeId = shown("Whose it is.", filterable=True)
    employee_name: str | None = shown("His name, as this service knows it.")
    work_days: int = shown("Days of work.", sortable=True)
    present_days: int = shown("Days of work with a sign of him.", sortable=True)
    late_times: int = shown("How often he came late.", filterable=True, sortable=True)
    early_times: int = shown("How often he left early.", filterable=True, sortable=True)
    half_times: int = shown("How often he checked in or out only.", filterable=True, sortable=True)
    absent_days: int = shown("Days of work without a sign of him.", filterable=True, sortable=True)
    visits: int = shown("Visits to customers.", sortable=True)
    outside_times: int = shown("How often he checked in or out away from every office.", sortable=True)
    leave_days: Decimal = shown("Days of work on which he was on leave, in halves.", filterable=True, sortable=True)
    overtime_hours: Decimal = shown("Hours of overtime that were approved.", filterable=True, sortable=True)
    closed_at: datetime = shown("When the month was counted.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A day of the company's calendar of work."""

    day: date
    """The day."""
    working: bool
    """Whether it is a day of work."""
    kind: DayKind
    """Why."""
    name: str | None
    """What the day is called, if it is called anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceDay:
    """Somebody's day."""

    day: date
    """The day."""
    state: DayState
    """What it came to."""
    came_at: datetime | None
    """When he checked in first."""
    left_at: datetime | None
    """When he checked out last."""
    outside: bool
    """Whether he did either away from every office."""
    visits: int
    """How many customers he visited."""
    hours: Decimal
    """Hours between coming and leaving."""
    leave_days: Decimal
    """Of a day of work: 1 on leave, 0.5 for half of it, else 0."""


@office.query(AUTHENTICATED, returns=AttendanceRuleView)
@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceRule(OneQuery):
    """When people of the company work (OFC-14)."""


@office.query(AUTHENTICATED, returns=SpecialDayView)
@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDays(ListQuery):
    """Days that are days of work or of rest by the company's own word, latest first."""


@office.query(AUTHENTICATED, returns=SpecialDayView)
@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDaysByIds(GetQuery):
    """Special days by id."""


@office.query(AUTHENTICATED, returns=tuple[CalendarDay, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """Which days are days of work: special days first, then public holidays, then the days of the week.

    Public holidays and make-up days of work are known for the years that the State Council has announced.
    """

    first_day: date = given("The first day.")
    last_day: date = given(f"The last day; at most {MOST_DAYS} days in all.")


@office.query(AUTHENTICATED, returns=tuple[AttendanceDay, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceDays:
    """The days of somebody's month as they stand now: one's own, with attendance.view_all anybody's (OFC-15)."""

    month: Month = given("The month, YYYY-MM.")
    employee_id: EmployeeId | None = given("Whose; absent: one's own.", default=None)


@office.query(AUTHENTICATED, returns=AttendanceMonthView)
@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceMonths(ListQuery):
    """Closed months: one's own, with attendance.view_all everybody's; latest first (OFC-15)."""

    month: Month | None = given("Only this month, YYYY-MM.", default=None)


@office.query(AUTHENTICATED, returns=AttendanceMonthView)
@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceMonthsByIds(GetQuery):
    """Closed months by id."""


@office.command(EDIT_ATTENDANCE, returns={"rule": AttendanceRuleView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateAttendanceRule(Command):
    """Change when people work. What was closed stays as it was counted. Fields that are left out stay as they are."""

    version: Version = given(VERSION_DOC)
    begins_at: Clock | UnsetType = given("When work begins, HH:MM in the company's zone.", default=UNSET)
    ends_at: Clock | UnsetType = given("When work ends, HH:MM in the company's zone.", default=UNSET)
    grace_minutes: Annotated[int, Meta(ge=0, le=120)] | UnsetType = given(
        "How many minutes late, or early, do not count.", default=UNSET
    )
    rest_days: Annotated[tuple[Weekday, ...], Meta(max_length=7)] | UnsetType = given(
        "Days of the week on which nobody works.", default=UNSET
    )
    public_holidays: bool | UnsetType = given(
        "Whether the State Council's holidays and make-up days of work hold.", default=UNSET
    )
    office_radius: Annotated[int, Meta(ge=10, le=10_000)] | UnsetType = given(
        "How many metres around an office belong to it.", default=UNSET
    )


@office.command(EDIT_ATTENDANCE, returns={"special_day": SpecialDayView})
@dataclass(frozen=True, slots=True, kw_only=True)
class SetSpecialDay(Command):
    """Make a day a day of work or of rest, whatever it is otherwise; said again, the last word holds."""

    day: date = given("The day.")
    working: bool = given("Whether it is worked.")
    name: Name = given("What it is called.")


@office.command(EDIT_ATTENDANCE, returns={"removed_id": SpecialDayId})
@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveSpecialDay(Command):
    """Let a day be what it is otherwise."""

    id: SpecialDayId = given("The special day.")


@office.event("attendance_rule.updated", subject="rule_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceRuleUpdated(Event):
    """When people work was changed."""

    rule_id: UUID
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDayEvent(Event):
    """What every event of a special day tells."""

    special_day_id: UUID
    day: date
    working: bool
    name: str


@office.event("special_day.set", subject="special_day_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDaySet(SpecialDayEvent):
    """A day became a special one, or another special one."""


@office.event("special_day.removed", subject="special_day_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDayRemoved(SpecialDayEvent):
    """A day is no special one any more."""


@office.event("attendance.closed", subject="closing_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceClosed(Event):
    """A month was counted."""

    closing_id: UUID
    month: str
    employees: int
