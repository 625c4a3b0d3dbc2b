"""When a cron schedule is due in a zone, also on the days when its clocks are changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, croniter

# No zone ever moved its clocks by more than a day (Samoa left one out).
_DAY = timedelta(hours=26)


class Schedule:
    """A cron expression of five fields, read on the clocks of a zone.

    When clocks are put forward, what is due at a time that is left out is due at the moment they are put forward.
    When they are put back, what is due at a time that comes twice is due the first time. A schedule of every hour or
    more often (``*`` or ``*/n`` as its hour) follows the passing of time instead: it keeps its pace through both.
    """

    def __init__(self, expression: str, zone: ZoneInfo) -> None:
        if not croniter.is_valid(expression) or len(expression.split()) != 5:
            raise ValueError(f"not a cron expression of five fields: {expression!r}")
        try:
            croniter(expression).get_next()
        except CroniterBadDateError as never:
            raise ValueError(f"a schedule that never comes: {expression!r}") from never
        self.expression = expression
        self.zone = zone
        self._keeps_pace = expression.split()[1].startswith("*")

    def next_after(self, moment: datetime) -> datetime:
        """The first due moment later than ``moment`` (aware); UTC."""
        return min(self._around(moment, backwards=False))

    def last_until(self, moment: datetime) -> datetime:
        """The latest due moment not later than ``moment`` (aware); UTC."""
        return max(self._around(moment, backwards=True))

    def _around(self, moment: datetime, *, backwards: bool) -> Iterator[datetime]:
        # Clock times run through in order; moments do not where clocks are changed. So the search begins before the
        # clock time of `moment` by as much as clocks may have been changed around it, and goes on as far beyond.
        clock = moment.astimezone(self.zone).replace(tzinfo=None)
        slack = self._changed_around(moment)
        found: datetime | None = None
        for time in self._clock_times(clock, slack, backwards=backwards):
            if found is not None and abs(time - found) > self._changed_around(self._first(found)) + slack:
                return
            for due in self._moments(time):
                if due <= moment if backwards else due > moment:
                    found = found or time
                    yield due

    def _clock_times(self, clock: datetime, slack: timedelta, *, backwards: bool) -> Iterator[datetime]:
        if backwards:
            times = croniter(self.expression, clock + slack + timedelta(minutes=1), ret_type=datetime)
            step = times.get_prev
        else:
            times = croniter(self.expression, clock - slack - timedelta(minutes=1), ret_type=datetime)
            step = times.get_next
        while True:
            yield step()

    def _moments(self, time: datetime) -> tuple[datetime, ...]:
        first, second = self._first(time), self._second(time)
        if first == second:
            return (first,)
        if first < second:  # comes twice
            return (first, second) if self._keeps_pace else (first,)
        return () if self._keeps_pace else (self._end_of_gap(time),)

    def _first(self, time: datetime) -> datetime:
        return time.replace(tzinfo=self.zone, fold=0).astimezone(UTC)

    def _second(self, time: datetime) -> datetime:
        return time.replace(tzinfo=self.zone, fold=1).astimezone(UTC)

    def _end_of_gap(self, time: datetime) -> datetime:
        # between these two moments the offset changes once: to the second, where it does
        early, late = self._second(time), self._first(time)
        after = self._offset(late)
        while late - early > timedelta(seconds=1):
            middle = early + (late - early) / 2
            middle = middle.replace(microsecond=0)
            early, late = (early, middle) if self._offset(middle) == after else (middle, late)
        return late

    def _changed_around(self, moment: datetime) -> timedelta:
        offsets = [self._offset(moment + shift) for shift in (-_DAY, timedelta(0), _DAY)]
        return max(offsets) - min(offsets)

    def _offset(self, moment: datetime) -> timedelta:
        return moment.astimezone(self.zone).utcoffset() or timedelta(0)


@lru_cache(maxsize=256)
def schedule(expression: str, zone_name: str) -> Schedule:
    """The parsed schedule; ValueError for an expression that is none, ZoneInfoNotFoundError for an unknown zone."""
    return Schedule(expression, ZoneInfo(zone_name))
