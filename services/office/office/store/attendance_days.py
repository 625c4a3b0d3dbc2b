"""The days of people's months, as they stand: read by whoever shows them and by whoever closes the month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_common.protocol.office.attendance import AttendanceDay, CalendarDay
from office.domain.attendance import days_of, what_came_of
from office.domain.work_calendar import day_of
from office.store import attendance
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
    found: dict[UUID, Days] = {}
    for person in people:
        on = [(each.at.astimezone(zone).date(), each) for each in seen.get(person, ())]
        found[person] = [
            (day, what_came_of(day, [each for of, each in on if of == day.day], rule, zone, now)) for day in days
        ]
    return found
