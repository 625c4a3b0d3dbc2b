"""Which days are days of work: the company's own word first, then public holidays, then the days of the week."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import chinese_calendar

from crm_common.protocol.identity.company import Weekday
from crm_common.protocol.office.attendance import CalendarDay, DayKind

_WEEK = tuple(Weekday)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """A day of work or of rest by the company's own word."""

    day: date
    working: bool
    name: str


def day_of(
    day: date, special: Mapping[date, SpecialDay], rest_days: Collection[Weekday], *, public_holidays: bool
) -> CalendarDay:
    """The day in the company's calendar."""
    if found := special.get(day):
        kind = DayKind.COMPANY_WORK if found.working else DayKind.COMPANY_REST
        return CalendarDay(day=day, working=found.working, kind=kind, name=found.name)
    rests = _WEEK[day.weekday()] in rest_days
    if public_holidays and (known := _public(day)) is not None:
        holiday, name = known
        if holiday and name is not None:
            return CalendarDay(day=day, working=False, kind=DayKind.HOLIDAY, name=name)
        if not holiday and name is not None and rests:
            return CalendarDay(day=day, working=True, kind=DayKind.MADE_UP, name=name)
    kind = DayKind.REST if rests else DayKind.WORK
    return CalendarDay(day=day, working=not rests, kind=kind, name=None)


def _public(day: date) -> tuple[bool, str | None] | None:
    """Whether nobody works, and for which holiday; None for years that have not been announced yet."""
    try:
        holiday, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    return holiday, None if name is None else str(chinese_calendar.Holiday(name).chinese)
