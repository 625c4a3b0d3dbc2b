"""Schedules in the company's zone: due when its clocks say so, once, also on the days when they are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_common.jobs.schedule import Schedule

MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "zone", "after", "due"),
    [
        # features §1: jobs that act on days run daily at 01:00 in the company's zone
        ("0 1 * * *", "Asia/Shanghai", "2026-11-23T16:59:59", "2026-11-23T17:00:00"),
        ("0 1 * * *", "Asia/Shanghai", "2026-11-23T17:00:00", "2026-11-24T17:00:00"),
        # 02:30 is left out on 29 March: due when clocks are put forward
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T23:30:00", "2026-03-29T01:00:00"),
        # 02:30 comes twice on 25 October: due the first time
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T23:30:00", "2026-10-25T00:30:00"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00", "2026-10-26T01:30:00"),
        # every quarter of an hour keeps its pace through the second 02:00
        ("*/15 * * * *", "Europe/Berlin", "2026-10-25T00:45:00", "2026-10-25T01:00:00"),
        ("*/15 * * * *", "Europe/Berlin", "2026-03-29T00:45:00", "2026-03-29T01:00:00"),
        # clocks of half an hour, and a day that was left out
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00", "2026-10-03T15:30:00"),
        ("0 1 * * *", "Pacific/Apia", "2011-12-29T11:00:00", "2011-12-30T10:00:00"),
    ],
)
def test_the_next_due_moment(expression: str, zone: str, after: str, due: str) -> None:
    schedule = Schedule(expression, ZoneInfo(zone))
    assert schedule.next_after(at(after)) == at(due)
    assert schedule.last_until(at(due)) == at(due)
    assert schedule.last_until(at(due) - timedelta(microseconds=1)) <= at(after)


def test_a_daily_job_is_due_exactly_once_on_every_day_of_a_year() -> None:
    schedule = Schedule("30 2 * * *", BERLIN)
    moment, days = at("2026-01-01T00:00:00"), []
    while moment < at("2027-01-01T00:00:00"):
        moment = schedule.next_after(moment)
        days.append(moment.astimezone(BERLIN).date())
    assert days == [datetime(2026, 1, 1).date() + timedelta(days=n) for n in range(366)]  # noqa: DTZ001


@pytest.mark.parametrize("expression", ["", "daily", "* * * *", "* * * * * *", "61 * * * *", "0 0 30 2 *"])
def test_what_is_no_schedule_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"cron expression of five fields|never comes"):
        Schedule(expression, BERLIN)


ZONES = {
    "Europe/Berlin": ["2026-03-29T01:00", "2026-10-25T01:00"],
    "America/New_York": ["2026-03-08T07:00", "2026-11-01T06:00"],
    "Australia/Lord_Howe": ["2026-04-04T15:00", "2026-10-03T15:30"],
    "Africa/Casablanca": ["2026-02-15T02:00", "2026-03-22T02:00"],
    "America/Santiago": ["2026-04-05T03:00", "2026-09-06T04:00"],
    "Pacific/Apia": ["2011-12-30T10:00"],
    "Asia/Shanghai": ["2026-11-23T16:00"],
}
CHANGES = st.sampled_from([(zone, at(moment)) for zone, moments in ZONES.items() for moment in moments])
HOURS = st.one_of(
    st.frozensets(st.integers(0, 23), min_size=1, max_size=4).map(
        lambda found: (found, ",".join(map(str, sorted(found))))
    ),
    st.sampled_from([1, 2, 3, 5]).map(lambda n: (frozenset(range(0, 24, n)), "*" if n == 1 else f"*/{n}")),
)
MINUTES = st.frozensets(st.sampled_from([0, 1, 15, 29, 30, 31, 45, 59]), min_size=1, max_size=3)


def due_by_looking_at_every_minute(
    zone: ZoneInfo, minutes: frozenset[int], hours: frozenset[int], *, keeps_pace: bool, begin: datetime, end: datetime
) -> list[datetime]:
    """The rules of Schedule's docstring, applied to each minute of a clock on the wall."""

    def matches(clock: datetime) -> bool:
        return clock.minute in minutes and clock.hour in hours

    due, moment = [], begin
    while moment <= end:
        clock = moment.astimezone(zone)
        before = (moment - MINUTE).astimezone(zone).replace(tzinfo=None) + MINUTE
        plain = clock.replace(tzinfo=None, fold=0)
        left_out = [before + MINUTE * n for n in range(int((plain - before) / MINUTE))]
        on_time = matches(plain) and (keeps_pace or clock.fold == 0)
        if on_time or (not keeps_pace and any(matches(time) for time in left_out)):
            due.append(moment)
        moment += MINUTE
    return due


@settings(max_examples=60, deadline=None)
@given(change=CHANGES, minutes=MINUTES, hours=HOURS, offset=st.integers(-1500, 1500))
@example(
    change=("Europe/Berlin", at("2026-10-25T01:00")), minutes=frozenset({30}), hours=(frozenset({2}), "2"), offset=-31
)
@example(change=("Pacific/Apia", at("2011-12-30T10:00")), minutes=frozenset({0}), hours=(frozenset({1}), "1"), offset=0)
def test_dues_around_a_change_of_clocks_equal_those_found_minute_by_minute(
    change: tuple[str, datetime], minutes: frozenset[int], hours: tuple[frozenset[int], str], offset: int
) -> None:
    zone = ZoneInfo(change[0])
    begin = change[1] + MINUTE * offset
    end = begin + timedelta(hours=60)
    schedule = Schedule(f"{','.join(map(str, sorted(minutes)))} {hours[1]} * * *", zone)
    expected = due_by_looking_at_every_minute(
        zone, minutes, hours[0], keeps_pace=hours[1].startswith("*"), begin=begin, end=end
    )
    found, moment = [], begin - timedelta(seconds=1)
    while (moment := schedule.next_after(moment)) <= end:
        found.append(moment)
    assert found == expected
    for earlier, later in pairwise(expected):
        assert schedule.last_until(later) == later
        assert schedule.last_until(later - timedelta(seconds=1)) == earlier
