"""Closed months (FIN-21): closing them, and the question everybody asks who changes money of a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from crm_common.changes import Change
from crm_common.days import today
from crm_common.protocol.finance.periods import ClosePeriod, PeriodClosed, PeriodReopened, PeriodRules, ReopenPeriod
from finance.store import periods


def expect_open(change: Change, *days: date, field: str | None = None) -> None:
    """Refuse what changes money of a day in a closed month (BAD_STATE); nobody closes it before the commit."""
    for month in sorted({month_of(day) for day in days}):
        if periods.is_closed(change.connection, month):
            raise PeriodRules.a_closed_period_is_not_changed(field=field, month=month)


def is_open(change: Change, day: date) -> bool:
    """Whether the day's month is open; it stays so until the commit."""
    return not periods.is_closed(change.connection, month_of(day))


def month_of(day: date) -> str:
    """``2026-11``."""
    return day.isoformat()[:7]


def close_period(change: Change, command: ClosePeriod) -> dict[str, Any]:
    """A month in which nothing waits is closed."""
    first_day, connection = date.fromisoformat(f"{command.month}-01"), change.connection
    if first_day > today(change):
        raise PeriodRules.a_month_is_closed_once_it_has_begun(field="month", month=command.month)
    if periods.lock(connection, command.month):
        raise PeriodRules.a_period_is_closed_once(field="month", month=command.month)
    if waiting := periods.waiting_receipts(connection, command.month):
        raise PeriodRules.money_waits_to_be_confirmed(field="month", month=command.month, count=waiting)
    me, period_id = change.context.authenticated().id, change.new_id()
    periods.close(connection, period_id, command.month, me, change.now)
    changes = {"closed": (False, True)}
    change.record(
        PeriodClosed(period_id=period_id, month=command.month, first_day=first_day, closed_by=me, changes=changes)
    )
    return {"closed_period": period_id}


def reopen_period(change: Change, command: ReopenPeriod) -> dict[str, Any]:
    """A month is open again, with the reason in the history."""
    periods.lock(change.connection, command.month)
    period_id = periods.reopen(change.connection, command.month)
    if period_id is not None:
        said: dict[str, Any] = {"month": command.month, "first_day": date.fromisoformat(f"{command.month}-01")}
        changes = {"closed": (True, False)}
        change.record(PeriodReopened(period_id=period_id, **said, reason=command.reason, changes=changes))
    return {"reopened": period_id is not None}
