"""On which days somebody is reminded of something that is due. Pure."""

from __future__ import annotations

from datetime import date, timedelta

_WEEK = timedelta(days=7)


def reminder(due_on: date, reminded_on: date | None, today: date, days_before: int) -> date | None:
    """The day that a reminder is for, if one is to be sent today: before the due day, on it, weekly after it.

    Days that were missed are not caught up on: the last one counts.
    """
    days = [due_on - timedelta(days=days_before), due_on]
    if today > due_on:
        days.append(due_on + (today - due_on) // _WEEK * _WEEK)
    reached = [day for day in days if day <= today and (reminded_on is None or day > reminded_on)]
    return max(reached, default=None)
