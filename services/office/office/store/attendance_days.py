"""The days of people's months, as they stand: read by whoever shows them and by whoever closes the month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_common.protocol.office.attendance import AttendanceDay, CalendarDay
from crm_common.protocol.office.leave import HalfDay
from office.domain.attendance import Frame, Seen, days_of, what_came_of
from office.domain.leave import Time
from office.domain.work_calendar import day_of
from office.store import attendance, leave
from office.store.attendance import Rows

Days = list[tuple[CalendarDay, AttendanceDay]]


def calendar(rows: Rows, days: Sequence[date]) -> list[CalendarDay]:
    """These days, in the order in which they follow one another, in the company's calendar."""
    rule, special = attendance.rule(rows), attendance.special_days(rows, days[0], days[-1])
    return [day_of(day, special, rule.rest_days, public_holidays=rule.public_holidays) for day in days]


def person_days(rows: Rows, people: Sequence[UUID], month: str, zone: ZoneInfo, now: datetime) -> dict[UUID, Days]:
    """Each one's month, day by day."""
    days, rule = calendar(rows, days_of(month)), attendance.rule(rows)
    begin = datetime.combine(days[0].day, time(), zone)
    end = datetime.combine(days[-1].day + timedelta(days=1), time(), zone)
    seen = attendance.seen(rows, people, begin, end)
    leaves = leave.granted(rows, list(people), days[0].day, days[-1].day)
    frame = Frame(rule=rule, zone=zone, now=now)
    found: dict[UUID, Days] = {}
    for person in people:
        on: dict[date, list[Seen]] = {}
        for each in seen.get(person, ()):
            on.setdefault(each.at.astimezone(zone).date(), []).append(each)
        away = leaves.get(person, ())
        found[person] = [(day, what_came_of(day, on.get(day.day, ()), _away(away, day), frame)) for day in days]
    return found


def overtime_hours(rows: Rows, people: Sequence[UUID], month: str, zone: ZoneInfo) -> dict[UUID, Decimal]:
    """Hours of overtime of the month that were approved; who has none is absent."""
    days = days_of(month)
    begin, end = datetime.combine(days[0], time(), zone), datetime.combine(days[-1] + timedelta(days=1), time(), zone)
    return leave.worked_over(rows, list(people), begin, end)


def _away(leaves: Iterable[Time], day: CalendarDay) -> frozenset[HalfDay]:
    return frozenset(half for half in HalfDay if any(each.holds(day.day, half) for each in leaves))
