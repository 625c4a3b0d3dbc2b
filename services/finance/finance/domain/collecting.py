"""Collecting (FIN-06): at which stages of its due day somebody is reminded of a receivable. Pure."""

from __future__ import annotations

from datetime import date

WEEK = 7


def stage(due_on: date, today: date, remind_days: int) -> int | None:
    """−1 from ``remind_days`` ahead, 0 from the due day, then the number of whole weeks since; None: too early.

    A stage lasts until the next begins, so that a day on which no job ran costs no reminder.
    """
    days = (today - due_on).days
    if days < -remind_days:
        return None
    return -1 if days < 0 else days // WEEK
