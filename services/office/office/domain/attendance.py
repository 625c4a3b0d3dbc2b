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

_EARTH = 6_371_008.8
"""Metres from the middle of the earth to its surface, on average."""
_HOUR = Decimal(3600)


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


def what_came_of(day: CalendarDay, seen: Sequence[Seen], rule: Rule, zone: ZoneInfo, now: datetime) -> AttendanceDay:
    """The day; ``seen`` are its check-ins. A day of rest is no absence, and today is not over."""
    came = min((each.at for each in seen if each.kind is CheckInKind.IN), default=None)
    left = max((each.at for each in seen if each.kind is CheckInKind.OUT), default=None)
    visits = sum(each.kind is CheckInKind.VISIT for each in seen)
    lasted = max(timedelta(), left - came) if came and left else timedelta()
    return AttendanceDay(
        day=day.day,
        state=_state(day, came, left, visits, (rule, zone, now)),
        came_at=came,
        left_at=left,
        outside=any(each.outside for each in seen if each.kind is not CheckInKind.VISIT),
        visits=visits,
        hours=(Decimal(int(lasted.total_seconds())) / _HOUR).quantize(Decimal("0.01")),
    )


def counted(days: Iterable[tuple[CalendarDay, AttendanceDay]]) -> Month:
    """The sums of a month."""
    found = [(day, came_of) for day, came_of in days if came_of.state is not DayState.AHEAD]
    states = [came_of.state for day, came_of in found if day.working]
    absent = states.count(DayState.ABSENT)
    both = states.count(DayState.LATE_AND_EARLY)
    return Month(
        work_days=len(states),
        present_days=len(states) - absent,
        late_times=states.count(DayState.LATE) + both,
        early_times=states.count(DayState.EARLY) + both,
        half_times=states.count(DayState.HALF),
        absent_days=absent,
        visits=sum(came_of.visits for _, came_of in found),
        outside_times=sum(came_of.outside for _, came_of in found),
    )


def days_of(month: str) -> list[date]:
    """All days of ``YYYY-MM``."""
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=32)).replace(day=1)
    return [first + timedelta(days=number) for number in range((following - first).days)]


def _state(
    day: CalendarDay,
    came: datetime | None,
    left: datetime | None,
    visits: int,
    by: tuple[Rule, ZoneInfo, datetime],
) -> DayState:
    rule, zone, now = by
    if not day.working:
        return DayState.REST
    if now.astimezone(zone).date() <= day.day:
        return DayState.AHEAD
    if came is None and left is None:
        # whoever was at customers' all day worked
        return DayState.PRESENT if visits else DayState.ABSENT
    if (came is None or left is None) and not visits:
        return DayState.HALF
    grace = timedelta(minutes=rule.grace_minutes)
    begins, ends = (datetime.combine(day.day, time.fromisoformat(at), zone) for at in (rule.begins_at, rule.ends_at))
    late, early = came is not None and came > begins + grace, left is not None and left < ends - grace
    if late:
        return DayState.LATE_AND_EARLY if early else DayState.LATE
    return DayState.EARLY if early else DayState.PRESENT
