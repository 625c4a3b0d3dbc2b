"""Rankings of salespeople, of one statement each."""

from __future__ import annotations

from crm_common.context import Context
from crm_common.protocol.sales.rankings import RankedBy, RankedPerson, SalesRanking
from crm_common.runtime.host import ServiceHost
from sales.views.performance import summed

_RANKED = """
SELECT s.place, s.employee_id, e.name, e.department_name, s.amount, s.records, s.received FROM (
    SELECT rank() OVER (ORDER BY sum(d.{by}) DESC)::integer, d.employee_id, {totals}
    FROM performance_day d WHERE {where} GROUP BY d.employee_id
    ORDER BY 1, d.employee_id LIMIT %(first)s
) AS s (place, employee_id, amount, records, received) LEFT JOIN employee_ref e ON e.id = s.employee_id
ORDER BY s.place, s.employee_id
"""
_COLUMN = {RankedBy.AMOUNT: "amount", RankedBy.RECEIPTS: "received"}
_NAMES = ("place", "employee_id", "employee_name", "department_name", "amount", "records", "received")


def ranking(host: ServiceHost, context: Context, query: SalesRanking) -> list[RankedPerson]:
    """Places of people whom the viewer sees."""
    statement = _RANKED.replace("{by}", _COLUMN[query.by])
    rows = summed(host, context, query, statement, first=query.first)
    return [RankedPerson(**dict(zip(_NAMES, row, strict=True))) for row in rows]
