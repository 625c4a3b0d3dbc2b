"""Rankings of salespeople, of one statement each."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from crm_common.context import Context
from crm_common.protocol import platform
from crm_common.protocol.sales.rankings import RankedBy, RankedPerson, SalesRanking
from crm_common.runtime.host import ServiceHost
from sales.views.performance import summed

_RANKED = """
SELECT s.place, s.employee_id, e.name, e.department_name, s.amount, s.records, s.received, c.closed, c.won,
    round(100.0 * c.won / nullif(c.closed, 0), 2), c.mean_days
FROM (
    SELECT rank() OVER (ORDER BY sum(d.{by}) DESC)::integer, d.employee_id, {totals}
    FROM performance_day d WHERE {where} GROUP BY d.employee_id
    ORDER BY 1, d.employee_id LIMIT %(first)s
) AS s (place, employee_id, amount, records, received)
LEFT JOIN employee_ref e ON e.id = s.employee_id
CROSS JOIN LATERAL (
    SELECT count(*)::integer AS closed, count(*) FILTER (WHERE o.stage = 'WON')::integer AS won,
        round(avg(extract(epoch FROM o.stage_since - o.created_at)) FILTER (WHERE o.stage = 'WON') / 86400, 2)
            AS mean_days
    FROM opportunity o
    WHERE o.owner_id = s.employee_id AND o.stage IN ('WON', 'LOST', 'ABANDONED') AND o.currency = %(currency)s
        AND o.stage_since >= (%(from_day)s::timestamp AT TIME ZONE %(zone)s)
        AND o.stage_since < (%(to_day)s::timestamp + interval '1 day') AT TIME ZONE %(zone)s
) c
ORDER BY s.place, s.employee_id
"""
_COLUMN = {RankedBy.AMOUNT: "amount", RankedBy.RECEIPTS: "received"}
_NAMES = ("place", "employee_id", "employee_name", "department_name", "amount", "records", "received", "closed", "won",
          "win_rate", "mean_days")  # fmt: skip


def ranking(host: ServiceHost, context: Context, query: SalesRanking) -> list[RankedPerson]:
    """Places of people whom the viewer sees."""
    statement = _RANKED.replace("{by}", _COLUMN[query.by])
    zone = ZoneInfo(host.settings.get(platform.TIMEZONE)).key
    rows = summed(host, context, query, statement, first=query.first, zone=zone)
    return [RankedPerson(**dict(zip(_NAMES, row, strict=True))) for row in rows]
