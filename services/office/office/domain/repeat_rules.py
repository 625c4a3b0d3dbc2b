"""Which rules of RFC 5545 an entry repeats by: by days, weeks, months and years, and only such as come again.

The library looks for the next time until the year 9999, so that a rule which never comes (30 February) would cost
seconds with every look: what is let in is proven to come again.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from crm_common.errors import CrmError
from crm_common.protocol.office.schedule_rules import ScheduleRules

_ORDER = ("FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST", "COUNT", "UNTIL")
_BY_DAYS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY"})
_PARTS = {
    "DAILY": _BY_DAYS,
    "WEEKLY": _BY_DAYS - {"BYMONTHDAY"} | {"WKST"},
    "MONTHLY": _BY_DAYS | {"BYSETPOS"},
    "YEARLY": _BY_DAYS | {"BYSETPOS"},
}
"""Which parts a rule of a frequency may have."""
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = re.compile(rf"([+-]?\d{{1,2}})?({'|'.join(_DAYS)})")
_MOST_TIMES = 1_000
_POSITIONS = range(-4, 5)
"""The first four and the last four of a month's Mondays are there in every month."""


def canonical_rule(text: str, begin: datetime, zone: ZoneInfo, *, all_day: bool) -> str:
    """The rule as it is kept; ``begin`` by the clock of the zone."""
    parts = parts_of(text)
    if parts.get("FREQ") not in _PARTS:
        raise _no_rule("FREQ")
    if unknown := sorted(parts.keys() - _PARTS[parts["FREQ"]]):
        raise _no_rule(unknown[0])
    if "COUNT" in parts and "UNTIL" in parts:
        raise _no_rule("COUNT")
    for name in {"COUNT", "INTERVAL"} & parts.keys():
        if not (parts[name].isascii() and parts[name].isdecimal() and 1 <= int(parts[name]) <= _MOST_TIMES):
            raise _no_rule(name)
    if "UNTIL" in parts:
        parts["UNTIL"] = _written(until_of(parts["UNTIL"], zone), zone, all_day=all_day)
    _expect_to_come_again(parts, begin)
    made = ";".join(f"{name}={parts[name]}" for name in _ORDER if name in parts)
    rule, _ = expanded(made, begin, begin + timedelta(days=1), zone)
    if next(iter(rule), None) != begin:
        raise ScheduleRules.a_repeat_begins_with_its_entry(field="repeat")
    return made


def _expect_to_come_again(parts: dict[str, str], begin: datetime) -> None:
    """Refuse what could never come: as the entry itself is a day of the rule, the calendar brings that day again."""
    months, in_month = _numbers(parts, "BYMONTH", 1, 12), _numbers(parts, "BYMONTHDAY", -31, 31)
    days = [_DAY.fullmatch(each) for each in parts.get("BYDAY", "").split(",") if "BYDAY" in parts]
    if not all(days):
        raise _no_rule("BYDAY")
    numbered = [int(each[1]) for each in days if each is not None and each[1]]
    by_month = parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts
    if numbered and (parts["FREQ"] not in ("MONTHLY", "YEARLY") or in_month):
        raise _no_rule("BYDAY")
    if any(not 1 <= abs(each) <= (5 if by_month else 53) for each in numbered):
        raise _no_rule("BYDAY")
    if "BYSETPOS" in parts:
        positions = _numbers(parts, "BYSETPOS", _POSITIONS.start, _POSITIONS.stop - 1)
        if not positions or not days or numbered or in_month:
            raise _no_rule("BYSETPOS")
    last = monthrange(begin.year, begin.month)[1]
    fits = (
        (not months or begin.month in months)
        and (not in_month or begin.day in in_month or begin.day - last - 1 in in_month)
        and (not days or bool(numbered) or _DAYS[begin.weekday()] in parts["BYDAY"].split(","))
    )
    if not fits:
        raise ScheduleRules.a_repeat_begins_with_its_entry(field="repeat")


def _numbers(parts: dict[str, str], name: str, least: int, most: int) -> list[int]:
    try:
        found = [int(each) for each in parts[name].split(",")] if name in parts else []
    except ValueError as broken:
        raise _no_rule(name) from broken
    if any(each == 0 or not least <= each <= most for each in found):
        raise _no_rule(name)
    return found


def _no_rule(problem: str) -> CrmError:
    return ScheduleRules.a_repeat_is_a_rule_of_days(field="repeat", problem=problem)


def expanded(text: str, begin: datetime, before: datetime, zone: ZoneInfo) -> tuple[rrule, int | None]:
    """What the rule gives from ``begin`` until ``before``, by the clock of the zone, and how many of these count."""
    # COUNT and UNTIL do not go together, so the count is ours
    parts = parts_of(text)
    count, end = parts.pop("COUNT", None), before
    if "UNTIL" in parts:
        end = min(end, local_of(until_of(parts.pop("UNTIL"), zone), zone))
    ruled = ";".join(f"{name}={value}" for name, value in parts.items())
    return rrulestr(ruled, dtstart=begin).replace(until=end), int(count) if count else None


def parts_of(text: str) -> dict[str, str]:
    """The parts by their names, both in capitals; refused when it is no list of parts."""
    pairs = [part.partition("=") for part in text.upper().removeprefix("RRULE:").split(";")]
    found = {name.strip(): value.strip() for name, _, value in pairs}
    if len(found) != len(pairs) or not all(found.values()) or any(mark in text for mark in "\r\n"):
        raise _no_rule(text[:100])
    return found


def until_of(text: str, zone: ZoneInfo) -> datetime:
    """The last moment of UNTIL, which is a day, a moment in the zone or one in UTC."""
    try:
        if len(text) == 8:
            day = datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 - the zone comes below
            return moment_of(day + timedelta(days=1, seconds=-1), zone)
        if text.endswith("Z"):
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return moment_of(datetime.strptime(text, "%Y%m%dT%H%M%S"), zone)  # noqa: DTZ007 - as above
    except (ValueError, OverflowError) as broken:
        raise _no_rule("UNTIL") from broken


def _written(until: datetime, zone: ZoneInfo, *, all_day: bool) -> str:
    # RFC 5545: of the same kind as the beginning, a moment in UTC
    return f"{local_of(until, zone):%Y%m%d}" if all_day else f"{until:%Y%m%dT%H%M%SZ}"


def local_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clock of the zone shows at the moment."""
    return moment.astimezone(zone).replace(tzinfo=None)


def moment_of(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clock of the zone shows that, in UTC."""
    return local.replace(tzinfo=zone).astimezone(UTC)
