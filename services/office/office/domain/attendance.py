"""What somebody's days and months come to, and where he was when he said so. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt
from zoneinfo import ZoneInfo

from crm_common.editing import chosen, expect_version
from crm_common.protocol.identity.company import Weekday
from crm_common.protocol.office.attendance import (
    AttendanceDay,
    AttendanceRules,
    CalendarDay,
    DayState,
    UpdateAttendanceRule,
)
from crm_common.protocol.office.checkins import CheckInKind
from crm_common.protocol.office.leave import HalfDay

_EARTH = 6_371_008.8
"""Metres from the middle of the earth to its surface, on average."""
_HOUR = Decimal(3600)
# where the afternoon of a day begins for whoever has its morning off, with an hour for lunch
_NOON = "13:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When people of the company work."""

    begins_at: str
    ends_at: str
    grace_minutes: int
    rest_days: tuple[Weekday, ...]
    public_holidays: bool
    office_radius: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A check-in, as far as it counts."""

    kind: CheckInKind
    at: datetime
    outside: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What a month comes to."""

    work_days: int
    present_days: int
    late_times: int
    early_times: int
    half_times: int
    absent_days: int
    visits: int
    outside_times: int
    leave_days: Decimal
    overtime_hours: Decimal


def updated(before: Rule, command: UpdateAttendanceRule) -> Rule:
    """The rule after the command; the same one where nothing changes."""
    expect_version(before.version, command.version)
    days = set(chosen(command.rest_days, before.rest_days))
    after = replace(
        before,
        begins_at=chosen(command.begins_at, before.begins_at),
        ends_at=chosen(command.ends_at, before.ends_at),
        grace_minutes=chosen(command.grace_minutes, before.grace_minutes),
        rest_days=tuple(each for each in Weekday if each in days),
        public_holidays=chosen(command.public_holidays, before.public_holidays),
        office_radius=chosen(command.office_radius, before.office_radius),
    )
    if after.ends_at <= after.begins_at:
        raise AttendanceRules.work_ends_after_it_begins(field="ends_at")
    if len(after.rest_days) == len(Weekday):
        raise AttendanceRules.somebody_works_some_day(field="rest_days")
    return before if after == before else replace(after, version=before.version + 1)


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """From one place to another, as latitude and longitude, along the earth (haversine)."""
    (north, east), (to_north, to_east) = ((radians(a), radians(b)) for a, b in (one, other))
    half = sin((to_north - north) / 2) ** 2 + cos(north) * cos(to_north) * sin((to_east - east) / 2) ** 2
    return 2 * _EARTH * asin(min(1.0, sqrt(half)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """By what days are judged."""

    rule: Rule
    zone: ZoneInfo
    now: datetime


def what_came_of(day: CalendarDay, seen: Sequence[Seen], away: frozenset[HalfDay], frame: Frame) -> AttendanceDay:
    """The day; ``seen`` are its check-ins, ``away`` its halves on leave. Rest is no absence, and today is not over."""
    came = min((each.at for each in seen if each.kind is CheckInKind.IN), default=None)
    left = max((each.at for each in seen if each.kind is CheckInKind.OUT), default=None)
    visits = sum(each.kind is CheckInKind.VISIT for each in seen)
    lasted = max(timedelta(), left - came) if came and left else timedelta()
    return AttendanceDay(
        day=day.day,
        state=_state(day, (came, left, visits), away, frame),
        came_at=came,
        left_at=left,
        outside=any(each.outside for each in seen if each.kind is not CheckInKind.VISIT),
        visits=visits,
        hours=(Decimal(int(lasted.total_seconds())) / _HOUR).quantize(Decimal("0.01")),
        leave_days=Decimal(len(away)) / 2 if day.working else Decimal(0),
    )


def counted(days: Iterable[tuple[CalendarDay, AttendanceDay]], overtime_hours: Decimal) -> Month:
    """The sums of a month. Whoever is on leave all day is neither present nor absent."""
    found = [(day, came_of) for day, came_of in days if came_of.state is not DayState.AHEAD]
    states = [came_of.state for day, came_of in found if day.working]
    absent = states.count(DayState.ABSENT)
    both = states.count(DayState.LATE_AND_EARLY)
    return Month(
        work_days=len(states),
        present_days=len(states) - absent - states.count(DayState.LEAVE),
        late_times=states.count(DayState.LATE) + both,
        early_times=states.count(DayState.EARLY) + both,
        half_times=states.count(DayState.HALF),
        absent_days=absent,
        visits=sum(came_of.visits for _, came_of in found),
        outside_times=sum(came_of.outside for _, came_of in found),
        leave_days=sum((came_of.leave_days for _, came_of in found), Decimal(0)),
        overtime_hours=overtime_hours,
    )


def days_of(month: str) -> list[date]:
    """All days of ``YYYY-MM``."""
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=32)).replace(day=1)
    return [first + timedelta(days=number) for number in range((following - first).days)]


def _state(
    day: CalendarDay, was: tuple[datetime | None, datetime | None, int], away: frozenset[HalfDay], frame: Frame
) -> DayState:
    came, left, visits = was
    if not day.working:
        return DayState.REST
    if frame.now.astimezone(frame.zone).date() <= day.day:
        return DayState.AHEAD
    if len(away) == len(HalfDay):
        return DayState.LEAVE
    if came is None and left is None:
        # whoever was at customers' all day worked
        return DayState.PRESENT if visits else DayState.ABSENT
    if (came is None or left is None) and not visits:
        return DayState.HALF
    return _in_time(day.day, came, left, _hours(away, frame.rule), frame)


def _hours(away: frozenset[HalfDay], rule: Rule) -> tuple[str, str]:
    """When the day begins and ends for somebody who has half of it off."""
    begins = _NOON if HalfDay.MORNING in away else rule.begins_at
    ends = _NOON if HalfDay.AFTERNOON in away else rule.ends_at
    return max(begins, rule.begins_at), min(ends, rule.ends_at)


def _in_time(day: date, came: datetime | None, left: datetime | None, hours: tuple[str, str], frame: Frame) -> DayState:
    grace = timedelta(minutes=frame.rule.grace_minutes)
    begins, ends = (datetime.combine(day, time.fromisoformat(at), frame.zone) for at in hours)
    late, early = came is not None and came > begins + grace, left is not None and left < ends - grace
    if late:
        return DayState.LATE_AND_EARLY if early else DayState.LATE
    return DayState.EARLY if early else DayState.PRESENT
