"""The clock is passed in: domains never read the time, and a job can be run as of another moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Gives the present as an aware UTC datetime."""

    def now(self) -> datetime:
        """The moment that counts as now."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still at ``moment``: for ``runJob(name, asOf)`` and for tests."""

    def __init__(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone is ambiguous")
        self.moment = moment

    def now(self) -> datetime:
        return self.moment
