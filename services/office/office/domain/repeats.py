"""When an entry takes place: once, or again and again by the clock of its zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from office.domain.repeat_rules import canonical_rule, expanded, local_of, moment_of, parts_of, until_of

# How long repeats are followed: what comes daily for ten years, what comes by months or years for fifty.
_FOLLOWED = {"DAILY": timedelta(days=3653), "WEEKLY": timedelta(days=3653)}
_FOLLOWED_ELSE = timedelta(days=18263)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """When something takes place, and how it repeats. ``repeat`` is the value of an RRULE as `canonical` makes it."""

    starts_at: datetime
    ends_at: datetime
    all_day: bool
    zone: str
    repeat: str | None = None
    left_out: tuple[datetime, ...] = ()

    def starts(self, after: datetime, before: datetime) -> Iterator[datetime]:
        """The beginnings before ``before`` of what ends after ``after``, in order, without those left out."""
        for start in self._planned(before):
            if start not in self.left_out and self.end_of(start) > after:
                yield start

    def end_of(self, start: datetime) -> datetime:
        """When the repeat that begins then ends: as long by the clock on the wall."""
        zone = ZoneInfo(self.zone)
        lasts = local_of(self.ends_at, zone) - local_of(self.starts_at, zone)
        return moment_of(local_of(start, zone) + lasts, zone)

    def takes_place(self, start: datetime) -> bool:
        """Whether it begins then."""
        return start in self.starts(start - timedelta(microseconds=1), start + timedelta(microseconds=1))

    def last_end(self) -> datetime | None:
        """When the last of its repeats ends; None when they go on for longer than anybody plans."""
        if self.repeat is None:
            return self.ends_at
        parts, far = parts_of(self.repeat), self._horizon()
        if "UNTIL" in parts and until_of(parts["UNTIL"], ZoneInfo(self.zone)) >= far:
            return None
        if "UNTIL" not in parts and "COUNT" not in parts:
            return None
        number, last = 0, self.starts_at
        for number, last in enumerate(self._planned(far), start=1):  # noqa: B007 - the last ones count
            pass
        return None if number < int(parts.get("COUNT", "0")) else self.end_of(last)

    def _horizon(self) -> datetime:
        frequency = parts_of(self.repeat)["FREQ"] if self.repeat else ""
        return self.starts_at + _FOLLOWED.get(frequency, _FOLLOWED_ELSE)

    def _planned(self, before: datetime) -> Iterator[datetime]:
        if self.repeat is None:
            if self.starts_at < before:
                yield self.starts_at
            return
        zone = ZoneInfo(self.zone)
        before = min(before, self._horizon())
        rule, count = expanded(self.repeat, local_of(self.starts_at, zone), local_of(before, zone), zone)
        for local in islice(rule, count):
            start = moment_of(local, zone)
            if start >= before:
                return
            yield start


def canonical(text: str, span: Span) -> str:
    """The rule as it is kept; refused when it is none, asks for hours, or does not begin with the entry itself."""
    zone = ZoneInfo(span.zone)
    return canonical_rule(text, local_of(span.starts_at, zone), zone, all_day=span.all_day)


def whole_days(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """From midnight before the first day to midnight after the last."""
    of = ZoneInfo(zone)
    return moment_of(datetime.combine(first, time()), of), moment_of(
        datetime.combine(last + timedelta(days=1), time()), of
    )
