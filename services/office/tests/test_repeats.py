"""When entries take place (OFC-02): repeats as RFC 5545 says them, in the zone in which they are meant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_common.errors import Code, CrmError
from office.domain.repeats import Span, canonical, whole_days

FAR = datetime(2190, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)


def span(begin: datetime, repeat: str | None = None, *, zone: str = "Asia/Shanghai", hours: float = 1) -> Span:
    """An entry of so many hours."""
    return Span(starts_at=begin, ends_at=begin + timedelta(hours=hours), all_day=False, zone=zone, repeat=repeat)


def days(of: Span, number: int = 5) -> list[str]:
    """Its first beginnings, in UTC."""
    return [f"{each:%m-%d %H:%M}" for each in islice(of.starts(LONG_AGO, FAR), number)]


MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def test_a_weekly_repeat_comes_on_its_days_until_its_count_is_reached() -> None:
    weekly = span(MONDAY, "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4")

    assert days(weekly, 9) == ["11-23 01:00", "11-25 01:00", "11-30 01:00", "12-02 01:00"]
    assert weekly.last_end() == datetime(2026, 12, 2, 2, 0, tzinfo=UTC)


def test_a_repeat_stays_at_its_hour_when_clocks_are_changed() -> None:
    berlin = span(datetime(2026, 10, 24, 7, 0, tzinfo=UTC), "FREQ=DAILY", zone="Europe/Berlin")

    assert days(berlin, 3) == ["10-24 07:00", "10-25 08:00", "10-26 08:00"]


def test_what_began_before_a_period_and_ends_in_it_takes_place_in_it() -> None:
    nightly = span(MONDAY, "FREQ=DAILY", hours=20)
    noon = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)

    assert [each.day for each in nightly.starts(noon, noon + timedelta(hours=1))] == [25]
    assert [each.day for each in nightly.starts(noon.replace(hour=20), noon + timedelta(days=1))] == [25, 26]


def test_the_end_of_a_rule_is_kept_as_calendars_want_it() -> None:
    assert canonical("RRULE:until=20261130;freq=daily", span(MONDAY)) == "FREQ=DAILY;UNTIL=20261130T155959Z"
    first, after = whole_days(date(2026, 11, 23), date(2026, 11, 23), "Asia/Shanghai")
    whole = Span(starts_at=first, ends_at=after, all_day=True, zone="Asia/Shanghai")
    assert canonical("FREQ=DAILY;UNTIL=20261130T155959Z", whole) == "FREQ=DAILY;UNTIL=20261130"


@pytest.mark.parametrize(
    "rule",
    [
        *("FREQ=HOURLY", "FREQ=SECONDLY;COUNT=3", "BYDAY=MO", "FREQ=DAILY;BYHOUR=1,2,3", "FREQ=DAILY;COUNT=0", ""),
        *("FREQ=DAILY;COUNT=3;UNTIL=20270101", "FREQ=DAILY;COUNT=100000", "FREQ=DAILY;INTERVAL=0"),
        *("FREQ=DAILY;FREQ=DAILY", "FREQ=MONTHLY;BYDAY=2MO;BYMONTHDAY=30", "FREQ=DAILY;BYSETPOS=2;BYDAY=MO"),
        *("FREQ=DAILY;UNTIL=gestern", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;X-EVIL=1", "FREQ=DAILY\r\nDTSTART:19700101"),
        *("FREQ=WEEKLY;BYDAY=TU", "FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2", "FREQ=DAILY;UNTIL=20261101"),
    ],
)  # fmt: skip
def test_what_is_no_rule_of_days_or_does_not_begin_with_its_entry_is_refused(rule: str) -> None:
    with pytest.raises(CrmError) as refused:
        canonical(rule, span(MONDAY))
    assert (refused.value.code, refused.value.field) == (Code.VALIDATION, "repeat")


def test_a_rule_that_never_comes_again_is_not_looked_for_until_the_end_of_days() -> None:
    leap = span(datetime(2024, 2, 29, 1, 0, tzinfo=UTC), "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29")

    assert days(leap, 3) == ["02-29 01:00"] * 3
    assert leap.last_end() is None
    assert len(list(span(MONDAY, "FREQ=DAILY").starts(LONG_AGO, FAR))) == 3653


_PARTS = st.sampled_from(
    [
        *("INTERVAL=2", "COUNT=7", "UNTIL=20270301", "BYDAY=MO", "BYDAY=2MO,-1FR", "BYMONTHDAY=-1", "BYMONTH=11,12"),
        *("BYSETPOS=-1", "WKST=SU", "BYDAY=", "INTERVAL=-1", "BYMONTHDAY=99", "BYSETPOS=0", "BYEASTER=1"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    frequency=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY", "日"]),
    parts=st.lists(_PARTS, max_size=4),
    minutes=st.integers(0, 5_000_000),
)
def test_any_rule_is_refused_or_begins_with_its_entry_and_means_the_same_when_read_again(
    frequency: str, parts: list[str], minutes: int
) -> None:
    begin = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    try:
        kept = canonical(";".join([f"FREQ={frequency}", *parts]), span(begin))
    except CrmError:
        return  # any other exception is a failure
    found = list(islice(span(begin, kept).starts(LONG_AGO, FAR), 20))
    assert found[0] == begin
    assert found == sorted(set(found))
    assert canonical(kept, span(begin)) == kept
