"""Forecast and funnel, of one statement each (SAL-09, 10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm_common.context import Context
from crm_common.protocol import platform
from crm_common.protocol.sales.forecast import (
    MOST_DAYS,
    AskedPeople,
    Forecast,
    ForecastMonth,
    ForecastRules,
    Funnel,
    FunnelStage,
)
from crm_common.runtime.host import ServiceHost
from sales.tables.opportunities import opportunity
from sales.views.scopes import OwnOrTeam, viewer

_MONTHS = """
SELECT m.month, m.owner_id, e.name, sum(m.opportunities)::integer, sum(m.amount), sum(m.expected), sum(m.won)
FROM (
    SELECT date_trunc('month', o.expected_on::timestamp)::date AS month, o.owner_id, count(*) AS opportunities,
        sum(o.amount) AS amount, sum(round(o.amount * o.probability / 100, 2)) AS expected, 0 AS won
    FROM opportunity o
    WHERE o.stage NOT IN ('WON', 'LOST', 'ABANDONED', 'SUSPENDED') AND o.currency = %(currency)s
        AND o.expected_on BETWEEN %(from_day)s AND %(to_day)s AND {whose}
    GROUP BY 1, 2
    UNION ALL
    SELECT date_trunc('month', o.reviewed_at AT TIME ZONE %(zone)s)::date, o.owner_id, 0, 0, 0, sum(o.amount)
    FROM sales_order o
    WHERE o.state IN ('APPROVED', 'FULFILLED', 'COMPLETED') AND o.currency = %(currency)s
        AND o.reviewed_at >= (%(from_day)s::timestamp AT TIME ZONE %(zone)s)
        AND o.reviewed_at < (%(to_day)s::timestamp + interval '1 day') AT TIME ZONE %(zone)s AND {whose}
    GROUP BY 1, 2
) m LEFT JOIN employee_ref e ON e.id = m.owner_id
GROUP BY 1, 2, 3 ORDER BY 1, 2
"""
_STAGES = """
WITH begun AS (
    SELECT o.id, o.amount FROM opportunity o
    WHERE o.pipeline_id = coalesce(%(pipeline)s::uuid, (SELECT p.id FROM pipeline p WHERE p.is_default))
        AND o.currency = %(currency)s AND o.created_at >= (%(from_day)s::timestamp AT TIME ZONE %(zone)s)
        AND o.created_at < (%(to_day)s::timestamp + interval '1 day') AT TIME ZONE %(zone)s AND {whose}
), entered AS (
    SELECT s.stage, b.id, b.amount, sum(extract(epoch FROM s.left_at - s.entered_at)) AS seconds
    FROM begun b JOIN opportunity_stage s ON s.opportunity_id = b.id GROUP BY s.stage, b.id, b.amount
), reached AS (
    SELECT stage, count(*) AS reached, sum(amount) AS amount, round(avg(seconds) / 86400, 2) AS mean_days
    FROM entered GROUP BY stage
), course AS (
    SELECT key, place FROM pipeline_stage
    WHERE pipeline_id = coalesce(%(pipeline)s::uuid, (SELECT p.id FROM pipeline p WHERE p.is_default))
    UNION ALL SELECT 'WON', 1000
)
SELECT c.key, coalesce(r.reached, 0), coalesce(r.amount, 0),
    round(100.0 * coalesce(r.reached, 0) / nullif((SELECT count(*) FROM begun), 0), 2),
    CASE WHEN c.key <> 'WON' THEN r.mean_days END,
    coalesce(c.key <> 'WON' AND r.mean_days > 0 AND r.mean_days = (
        SELECT max(x.mean_days) FROM reached x JOIN course y ON y.key = x.stage AND y.key <> 'WON'), false)
FROM course c LEFT JOIN reached r ON r.stage = c.key ORDER BY c.place
"""
_BELOW = """
SELECT p.id FROM employee_ref p JOIN employee_ref d ON d.department_id = %(below)s::uuid
WHERE starts_with(p.department_path, d.department_path)
"""
_OF_FORECAST = OwnOrTeam("forecast", "forecast.view", owner=opportunity.c.owner_id)
_OF_OPPORTUNITIES = OwnOrTeam("opp", "opp.view", "opp.view_team", owner=opportunity.c.owner_id)
_MONTH = ("month", "employee_id", "employee_name", "opportunities", "amount", "expected", "won")
_STAGE = ("stage", "reached", "amount", "rate", "mean_days", "bottleneck")


def forecast(host: ServiceHost, context: Context, query: Forecast) -> list[ForecastMonth]:
    """By month and person, what is expected and what was won."""
    rows = _asked(host, context, query, _MONTHS, _OF_FORECAST)
    return [ForecastMonth(**dict(zip(_MONTH, row, strict=True))) for row in rows]


def funnel(host: ServiceHost, context: Context, query: Funnel) -> list[FunnelStage]:
    """Stage by stage, how far opportunities came."""
    rows = _asked(host, context, query, _STAGES, _OF_OPPORTUNITIES, pipeline=query.pipeline_id)
    return [FunnelStage(**dict(zip(_STAGE, row, strict=True))) for row in rows]


def _asked(
    host: ServiceHost, context: Context, query: AskedPeople, statement: str, scope: OwnOrTeam, **more: Any
) -> list[tuple[Any, ...]]:
    if not timedelta(0) <= query.to_day - query.from_day <= timedelta(days=MOST_DAYS):
        raise ForecastRules.a_period_has_a_length(field="to_day")
    whose = scope.asked(context, "o")
    if query.employee_id is not None:
        whose += " AND o.owner_id = %(employee)s::uuid"
    if query.department_id is not None:
        whose += f" AND o.owner_id IN ({_BELOW})"
    values: dict[str, Any] = {
        "zone": ZoneInfo(host.settings.get(platform.TIMEZONE)).key,
        "employee": query.employee_id,
        "below": query.department_id,
        **{name: getattr(query, name) for name in ("from_day", "to_day", "currency")},
    }
    return host.store.rows(statement.replace("{whose}", whose), values | viewer(context) | more)
