"""A leave and overtime: in what time, through which states, how many days of work it takes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from crm_common.editing import expect_version
from crm_common.protocol.office.attendance import CalendarDay
from crm_common.protocol.office.leave import (
    MOST_LEAVE_DAYS,
    MOST_OVERTIME_HOURS,
    Compensation,
    HalfDay,
    LeaveKind,
    LeaveRules,
    LeaveState,
    OvertimeState,
    RequestLeave,
    RequestOvertime,
    ReturnFromLeave,
)

_HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """From a half of a day to a half of a day, both included."""

    first_day: date
    first_half: HalfDay
    last_day: date
    last_half: HalfDay

    @property
    def begins(self) -> int:
        """The number of its first half, counted from the beginning of the calendar."""
        return _number(self.first_day, self.first_half)

    @property
    def ends(self) -> int:
        """The number of its last half."""
        return _number(self.last_day, self.last_half)

    def holds(self, day: date, half: HalfDay) -> bool:
        """Whether that half of the day lies in it."""
        return self.begins <= _number(day, half) <= self.ends

    def days_of_work(self, calendar: Iterable[CalendarDay]) -> Decimal:
        """How many days of work it takes."""
        return _HALF * sum(self.holds(each.day, half) for each in calendar if each.working for half in HalfDay)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """A leave as it stands. ``back``: the end that waits for its confirmation."""

    id: UUID
    employee_id: UUID
    kind: LeaveKind
    time: Time
    days: Decimal
    state: LeaveState
    reason: str
    back_day: date | None = None
    back_half: HalfDay | None = None
    version: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtime:
    """Overtime as it stands."""

    id: UUID
    employee_id: UUID
    begins_at: datetime
    ends_at: datetime
    compensation: Compensation
    state: OvertimeState
    reason: str


def wanted(command: RequestLeave) -> Time:
    """The time that is asked for."""
    time = Time(
        first_day=command.first_day,
        first_half=command.first_half,
        last_day=command.last_day,
        last_half=command.last_half,
    )
    if time.ends < time.begins or (command.last_day - command.first_day).days >= MOST_LEAVE_DAYS:
        raise LeaveRules.a_leave_ends_after_it_begins(field="last_day", days=MOST_LEAVE_DAYS)
    return time


def expect_days(days: Decimal, taken: Decimal, allowed: Decimal | None) -> None:
    """Refuse a leave without a day of work, or with more days than are left."""
    if days == 0:
        raise LeaveRules.a_leave_takes_a_day_of_work(field="first_day")
    if allowed is not None and taken + days > allowed:
        raise LeaveRules.there_are_not_so_many_days_left(field="kind", left=str(max(Decimal(0), allowed - taken)))


def decided(before: Leave, *, approved: bool) -> Leave:
    """The leave after its own flow's end; the same one where that was known already."""
    if before.state is not LeaveState.REQUESTED:
        return before
    return _next(before, state=LeaveState.APPROVED if approved else LeaveState.REFUSED)


def returning(before: Leave, command: ReturnFromLeave) -> Leave:
    """The leave, of which somebody says that it ended earlier."""
    expect_version(before.version, command.version)
    if before.state is not LeaveState.APPROVED:
        raise LeaveRules.a_leave_is_not_in_this_state(field="id", state=before.state.value)
    if not before.time.begins <= _number(command.last_day, command.last_half) < before.time.ends:
        raise LeaveRules.one_returns_within_the_leave(field="last_day")
    return _next(before, state=LeaveState.RETURN_REQUESTED, back_day=command.last_day, back_half=command.last_half)


def cut_short(before: Leave) -> Time:
    """The time until somebody was back."""
    assert before.back_day is not None
    assert before.back_half is not None
    return replace(before.time, last_day=before.back_day, last_half=before.back_half)


def return_decided(before: Leave, days: Decimal, *, approved: bool) -> Leave:
    """The leave after the end of its return's flow: with the days that were really taken, or as it was."""
    if before.state is not LeaveState.RETURN_REQUESTED:
        return before
    if not approved:
        return _next(before, state=LeaveState.APPROVED, back_day=None, back_half=None)
    return _next(before, state=LeaveState.RETURNED, time=cut_short(before), days=days, back_day=None, back_half=None)


def overtime(identifier: UUID, employee_id: UUID, command: RequestOvertime) -> Overtime:
    """Overtime that waits for its confirmation."""
    begins_at, ends_at = (each.astimezone(UTC).replace(microsecond=0) for each in (command.begins_at, command.ends_at))
    if not timedelta() < ends_at - begins_at <= timedelta(hours=MOST_OVERTIME_HOURS):
        raise LeaveRules.overtime_ends_after_it_begins(field="ends_at", hours=MOST_OVERTIME_HOURS)
    return Overtime(
        id=identifier,
        employee_id=employee_id,
        begins_at=begins_at,
        ends_at=ends_at,
        compensation=command.compensation,
        state=OvertimeState.REQUESTED,
        reason=command.reason.strip() or command.reason,
    )


def _next(before: Leave, **changes: object) -> Leave:
    return replace(before, version=before.version + 1, **changes)  # type: ignore[arg-type]


def _number(day: date, half: HalfDay) -> int:
    return day.toordinal() * 2 + (half is HalfDay.AFTERNOON)
