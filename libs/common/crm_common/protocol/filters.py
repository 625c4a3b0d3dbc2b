"""Words of filters that services, gateway and clients share: units of time, and periods with a name."""

from __future__ import annotations

from enum import StrEnum


class TimeUnit(StrEnum):
    """A unit of relative time; days and longer are those of the company's calendar."""

    HOUR = "HOUR"
    """60 minutes."""
    DAY = "DAY"
    """A day."""
    WEEK = "WEEK"
    """7 days."""
    MONTH = "MONTH"
    """A month of the calendar: a month before 31 March is the last day of February."""
    QUARTER = "QUARTER"
    """Three months."""
    YEAR = "YEAR"
    """A year."""


class Period(StrEnum):
    """A named span of the company's calendar, to just before the next one begins; weeks begin on Monday."""

    TODAY = "TODAY"
    """Today."""
    YESTERDAY = "YESTERDAY"
    """Yesterday."""
    TOMORROW = "TOMORROW"
    """Tomorrow."""
    THIS_WEEK = "THIS_WEEK"
    """The week that today is in."""
    LAST_WEEK = "LAST_WEEK"
    """The week before it."""
    NEXT_WEEK = "NEXT_WEEK"
    """The week after it."""
    THIS_MONTH = "THIS_MONTH"
    """The month that today is in."""
    LAST_MONTH = "LAST_MONTH"
    """The month before it."""
    NEXT_MONTH = "NEXT_MONTH"
    """The month after it."""
    THIS_QUARTER = "THIS_QUARTER"
    """The quarter that today is in."""
    LAST_QUARTER = "LAST_QUARTER"
    """The quarter before it."""
    NEXT_QUARTER = "NEXT_QUARTER"
    """The quarter after it."""
    THIS_YEAR = "THIS_YEAR"
    """The year that today is in."""
    LAST_YEAR = "LAST_YEAR"
    """The year before it."""
    NEXT_YEAR = "NEXT_YEAR"
    """The year after it."""
