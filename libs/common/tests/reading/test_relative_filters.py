"""Conditions relative to now (CUS-05): spans and named periods of the company's calendar, in its own time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm_common.clock import FixedClock
from crm_common.reading import Reader

SHANGHAI = ZoneInfo("Asia/Shanghai")
TICK = timedelta(microseconds=1)


def found(company: Any, **conditions: Any) -> list[str]:
    return sorted(company.names(filter=conditions, first=100))


def at(company: Any, now: datetime, zone: str = "Asia/Shanghai") -> Any:
    """The company when it is ``now``."""
    company.reader = Reader(company.bindings, company.store, clock=FixedClock(now), zone=lambda: zone)
    return company


def span(amount: int, unit: str) -> dict[str, Any]:
    return {"amount": amount, "unit": unit}


def test_the_last_days_count_from_now_and_from_the_company_s_today(company: Any) -> None:
    # now is 16:30 UTC on the 23rd, the 24th in Shanghai
    company.person("a", born_on=date(2026, 11, 24), joined_at=datetime(2026, 11, 23, 16, 30, tzinfo=UTC))
    company.person("b", born_on=date(2026, 11, 17), joined_at=datetime(2026, 11, 16, 16, 30, tzinfo=UTC))
    company.person("c", born_on=date(2026, 11, 16), joined_at=datetime(2026, 11, 16, 16, 29, 59, tzinfo=UTC))
    company.person("d", born_on=date(2026, 11, 25), joined_at=datetime(2026, 11, 23, 16, 30, 1, tzinfo=UTC))
    company.person("e", born_on=date(2026, 12, 2), joined_at=datetime(2026, 12, 23, 16, 30, tzinfo=UTC))
    company.person("f")
    for field in ("born_on", "joined_at"):
        assert found(company, **{field: {"within_last": span(7, "DAY")}}) == ["a", "b"]
        assert found(company, **{field: {"within_last": span(1, "WEEK")}}) == ["a", "b"]
        assert found(company, **{field: {"older_than": span(7, "DAY")}}) == ["c"]
        assert found(company, **{field: {"within_next": span(7, "DAY")}}) == ["a", "d"]
        assert found(company, **{field: {"within_next": span(1, "MONTH")}}) == ["a", "d", "e"]


def test_hours_are_hours(company: Any) -> None:
    for name, hours in (("now", 0), ("two", 2), ("three", 3)):
        company.person(name, joined_at=datetime(2026, 11, 23, 16, 30, tzinfo=UTC) - timedelta(hours=hours))
    assert found(company, joined_at={"within_last": span(2, "HOUR")}) == ["now", "two"]
    assert found(company, joined_at={"older_than": span(2, "HOUR")}) == ["three"]


def test_a_month_before_the_31st_is_the_last_day_of_the_shorter_one_where_the_company_is(company: Any) -> None:
    # in UTC it is still the 30th, and a month before would be another moment
    at(company, datetime(2026, 3, 31, 1, tzinfo=SHANGHAI))
    edge = datetime(2026, 2, 28, 1, tzinfo=SHANGHAI)
    company.person("in", joined_at=edge)
    company.person("out", joined_at=edge - TICK)
    assert found(company, joined_at={"within_last": span(1, "MONTH")}) == ["in"]
    assert found(company, joined_at={"older_than": span(1, "MONTH")}) == ["out"]


def test_a_day_of_the_calendar_may_have_23_hours_where_clocks_change(company: Any) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at(company, datetime(2026, 3, 29, 12, tzinfo=berlin), "Europe/Berlin")
    company.person("day", joined_at=datetime(2026, 3, 28, 12, tzinfo=berlin))
    assert found(company, joined_at={"within_last": span(1, "DAY")}) == ["day"]
    assert found(company, joined_at={"within_last": span(23, "HOUR")}) == ["day"]
    assert found(company, joined_at={"within_last": span(22, "HOUR")}) == []


def test_the_longest_spans_are_within_the_calendar(company: Any) -> None:
    company.person("a", born_on=date(1100, 1, 1), joined_at=datetime(1100, 1, 1, tzinfo=UTC))
    for unit, longest in (("HOUR", 100_000), ("DAY", 100_000), ("WEEK", 1_000), ("QUARTER", 1_000), ("YEAR", 1_000)):
        for operator in ("within_last", "within_next", "older_than"):
            expected = {"within_last": unit == "YEAR", "older_than": unit != "YEAR"}.get(operator, False)
            for field in ("born_on", "joined_at"):
                assert found(company, **{field: {operator: span(longest, unit)}}) == ["a"] * expected


PERIODS = {
    "YESTERDAY": ((2026, 11, 23), (2026, 11, 24)),
    "TODAY": ((2026, 11, 24), (2026, 11, 25)),
    "TOMORROW": ((2026, 11, 25), (2026, 11, 26)),
    "LAST_WEEK": ((2026, 11, 16), (2026, 11, 23)),
    "THIS_WEEK": ((2026, 11, 23), (2026, 11, 30)),
    "NEXT_WEEK": ((2026, 11, 30), (2026, 12, 7)),
    "LAST_MONTH": ((2026, 10, 1), (2026, 11, 1)),
    "THIS_MONTH": ((2026, 11, 1), (2026, 12, 1)),
    "NEXT_MONTH": ((2026, 12, 1), (2027, 1, 1)),
    "LAST_QUARTER": ((2026, 7, 1), (2026, 10, 1)),
    "THIS_QUARTER": ((2026, 10, 1), (2027, 1, 1)),
    "NEXT_QUARTER": ((2027, 1, 1), (2027, 4, 1)),
    "LAST_YEAR": ((2025, 1, 1), (2026, 1, 1)),
    "THIS_YEAR": ((2026, 1, 1), (2027, 1, 1)),
    "NEXT_YEAR": ((2027, 1, 1), (2028, 1, 1)),
}


@pytest.mark.parametrize("period", PERIODS)
def test_a_period_goes_from_its_first_moment_to_just_before_the_next_one(company: Any, period: str) -> None:
    begin, end = (datetime(*day, tzinfo=SHANGHAI) for day in PERIODS[period])
    moments = {"before": begin - TICK, "first": begin, "last": end - TICK, "after": end}
    for name, moment in moments.items():
        company.person(name, joined_at=moment, born_on=moment.date())
    company.person("never")
    assert found(company, joined_at={"in_period": period}) == ["first", "last"]
    assert found(company, born_on={"in_period": period}) == ["first", "last"]
