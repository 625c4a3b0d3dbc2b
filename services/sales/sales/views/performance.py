"""Performance as it is shown: records, and their sums by day, month and person, each of one statement."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crm_common.context import Context
from crm_common.days import day_of
from crm_common.protocol.sales.performance import (
    MOST_DAYS,
    OWN,
    TEAM,
    AskedPeriod,
    DaySum,
    MonthlyPerformance,
    MonthPerformance,
    MonthSum,
    PerformanceDayView,
    PerformanceEntry,
    PerformanceLedger,
    PerformanceMonthView,
    PerformanceRules,
    PerformanceView,
    PersonSum,
)
from crm_common.reading import bind
from crm_common.runtime.host import ServiceHost
from sales.tables.performance import performance, performance_day, performance_month
from sales.views.scopes import OwnOrTeam, viewer

_NAME = {"employee_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.employee_id"}
_SUMS = OwnOrTeam("performance", TEAM, owner=performance_day.c.employee_id)

PERFORMANCES = bind(
    PerformanceView,
    performance,
    fields=_NAME,
    scope=OwnOrTeam("performance", TEAM, owner=performance.c.employee_id),
    where="{t}.deleted_at IS NULL",
    default_order=[performance.c.day.desc(), performance.c.created_at.desc()],
)
PERFORMANCE_DAYS = bind(
    PerformanceDayView,
    performance_day,
    fields=_NAME,
    scope=_SUMS,
    default_order=[performance_day.c.day.desc()],
)
PERFORMANCE_MONTHS = bind(
    PerformanceMonthView,
    performance_month,
    fields=_NAME,
    scope=OwnOrTeam("performance", TEAM, owner=performance_month.c.employee_id),
    default_order=[performance_month.c.month.desc(), performance_month.c.amount.desc()],
)
_TOTALS = "sum(d.amount)::numeric(18,2), sum(d.records)::integer, sum(d.received)::numeric(18,2)"
_BY = "SELECT d.{by}, {totals} FROM performance_day d WHERE {where} GROUP BY d.{by} ORDER BY d.{by}"
_BY_PERSON = """
SELECT s.employee_id, e.name, e.department_name, s.amount, s.records, s.received
FROM (SELECT d.employee_id, {totals} FROM performance_day d WHERE {where} GROUP BY d.employee_id)
    AS s (employee_id, amount, records, received) LEFT JOIN employee_ref e ON e.id = s.employee_id
ORDER BY s.amount DESC, s.employee_id
"""
_PERIOD = "d.day BETWEEN %(from_day)s AND %(to_day)s AND d.currency = %(currency)s"
_BELOW = (
    "EXISTS (SELECT FROM employee_ref b WHERE b.id = d.employee_id AND position(%(below)s in b.department_path) > 0)"
)
_MONTH = """
SELECT coalesce(sum(d.amount), 0)::numeric(18,2),
    coalesce(sum(d.amount) FILTER (WHERE d.employee_id = %(me)s), 0)::numeric(18,2)
FROM performance_day d WHERE d.month = %(month)s AND d.currency = %(currency)s
"""
_LEDGER = """
SELECT p.id, p.employee_id, p.order_id, p.day, p.amount, p.currency, p.locked_at IS NOT NULL FROM performance p
WHERE p.deleted_at IS NULL AND p.day BETWEEN %(from_day)s AND %(to_day)s {narrowed} ORDER BY p.id LIMIT %(first)s
"""


def by_day(host: ServiceHost, context: Context, query: AskedPeriod) -> list[DaySum]:
    """Sums by day, earliest first."""
    return [
        DaySum(day=row[0], amount=row[1], records=row[2], received=row[3])
        for row in summed(host, context, query, _BY.replace("{by}", "day"))
    ]


def by_month(host: ServiceHost, context: Context, query: AskedPeriod) -> list[MonthSum]:
    """Sums by month, earliest first."""
    return [
        MonthSum(month=row[0], amount=row[1], records=row[2], received=row[3])
        for row in summed(host, context, query, _BY.replace("{by}", "month"))
    ]


def by_person(host: ServiceHost, context: Context, query: AskedPeriod) -> list[PersonSum]:
    """Sums by person, most first."""
    names = ("employee_id", "employee_name", "department_name", "amount", "records", "received")
    return [PersonSum(**dict(zip(names, row, strict=True))) for row in summed(host, context, query, _BY_PERSON)]


def of_month(host: ServiceHost, context: Context, query: MonthlyPerformance) -> MonthPerformance:
    """What all sold in a month, and what the viewer did."""
    actor = context.authenticated()
    month = (query.day or day_of(host.settings, host.clock.now())).replace(day=1)
    asked = {"me": actor.id, "month": month, "currency": query.currency}
    [(amount, own)] = host.store.rows(_MONTH, asked)
    shown = own if actor.may(OWN) else None
    return MonthPerformance(month=month, currency=query.currency, amount=amount, own=shown)


def ledger(host: ServiceHost, query: PerformanceLedger) -> list[PerformanceEntry]:
    """Records of a period by id."""
    narrowed = " AND p.employee_id = %(employee)s" if query.employee_id else ""
    narrowed += " AND p.id > %(after)s" if query.after else ""
    asked = {"from_day": query.from_day, "to_day": query.to_day, "first": query.first}
    asked |= {"employee": query.employee_id, "after": query.after}
    names = ("performance_id", "employee_id", "order_id", "day", "amount", "currency", "locked")
    rows = host.store.rows(_LEDGER.format(narrowed=narrowed), asked)
    return [PerformanceEntry(**dict(zip(names, row, strict=True))) for row in rows]


def expect_period(query: AskedPeriod) -> None:
    """Refuse a period that ends before it begins, or is too long."""
    if query.to_day < query.from_day:
        raise PerformanceRules.a_period_begins_before_it_ends(field="to_day")
    if query.to_day - query.from_day >= timedelta(days=MOST_DAYS):
        raise PerformanceRules.a_period_is_not_longer_than(field="to_day", days=MOST_DAYS)


def summed(
    host: ServiceHost, context: Context, query: AskedPeriod, statement: str, **more: Any
) -> list[tuple[Any, ...]]:
    """The rows of a statement over sums by day ``d``: ``{totals}`` and ``{where}`` are filled for the query."""
    expect_period(query)
    parts = [_PERIOD, _SUMS.asked(context, "d")]
    asked = more | viewer(context) | {"from_day": query.from_day, "to_day": query.to_day, "currency": query.currency}
    if query.employee_id is not None:
        parts.append("d.employee_id = %(employee)s")
        asked["employee"] = query.employee_id
    if query.department_id is not None:
        parts.append(_BELOW)
        asked["below"] = f"/{query.department_id}/"
    return host.store.rows(statement.format(totals=_TOTALS, where=" AND ".join(parts)), asked)
