"""Sums of receivables in the viewer's data scope: by state, customer, owner, month; and by their age (FIN-02, 07)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_common.context import Context
from crm_common.projections.employees import employee_ref
from crm_common.protocol.finance.receipts import MoneyOfCustomer
from crm_common.protocol.finance.receivables import (
    AgeingBucket,
    AgeingLine,
    ReceivablesAgeing,
    ReceivableTotal,
    ReceivableTotals,
    TotalsBy,
)
from crm_common.protocol.platform import TIMEZONE
from crm_common.reading import by_owner
from crm_common.reading.scope import Reach
from crm_common.runtime.host import ServiceHost
from finance.store import receivables as store
from finance.tables.receivables import receivable

_SCOPE = by_owner("receivable", owner=receivable.c.owner_id, people=employee_ref)
_OPEN = "CASE WHEN r.state IN ('OPEN', 'PARTIAL', 'OVERDUE') THEN r.amount - r.received + r.refunded ELSE 0.00 END"
_KEYS = {
    TotalsBy.STATE: ("r.state", "NULL::text"),
    TotalsBy.CUSTOMER: ("r.customer_id::text", "(SELECT c.name FROM customer_ref c WHERE c.id::text = key)"),
    TotalsBy.OWNER: ("r.owner_id::text", "(SELECT e.name FROM employee_ref e WHERE e.id::text = key)"),
    TotalsBy.MONTH: ("to_char(r.arose_on, 'YYYY-MM')", "NULL::text"),
}
_TOTALS = f"""
SELECT key, {{name}}, currency, count, amount, received, open FROM (
    SELECT {{key}} AS key, r.currency, count(*) AS count, sum(r.amount) AS amount,
        sum(r.received - r.refunded) AS received, sum({_OPEN}) AS open
    FROM receivable r WHERE r.state <> 'VOIDED' AND {{scope}}
        AND r.arose_on BETWEEN coalesce(%(from_day)s::date, '-infinity') AND coalesce(%(to_day)s::date, 'infinity')
    GROUP BY 1, 2 ORDER BY open DESC, key, currency LIMIT %(first)s
) summed ORDER BY open DESC, key, currency
"""
_AGEING = """
SELECT CASE WHEN %(today)s::date - r.arose_on <= 30 THEN 'UP_TO_30' WHEN %(today)s::date - r.arose_on <= 60 THEN
    'UP_TO_60' WHEN %(today)s::date - r.arose_on <= 90 THEN 'UP_TO_90' ELSE 'OVER_90' END AS bucket,
    r.currency, count(*), sum(r.amount - r.received + r.refunded)
FROM receivable r WHERE r.state IN ('OPEN', 'PARTIAL', 'OVERDUE') AND {scope}
    AND (%(customer)s::uuid IS NULL OR r.customer_id = %(customer)s::uuid)
    AND (%(owner)s::uuid IS NULL OR r.owner_id = %(owner)s::uuid)
GROUP BY 1, 2 ORDER BY r.currency
"""


def totals(host: ServiceHost, context: Context, query: ReceivableTotals) -> list[ReceivableTotal]:
    """See `ReceivableTotals`."""
    key, name = _KEYS[query.by]
    scope, values = _seen(context)
    values |= {"from_day": query.from_day, "to_day": query.to_day, "first": query.first}
    rows = host.store.rows(_TOTALS.format(key=key, name=name, scope=scope), values)
    return [
        ReceivableTotal(
            key=row[0], name=row[1], currency=row[2], count=row[3], amount=row[4], received=row[5], open_amount=row[6]
        )
        for row in rows
    ]


def ageing(host: ServiceHost, context: Context, query: ReceivablesAgeing) -> list[AgeingLine]:
    """See `ReceivablesAgeing`."""
    scope, values = _seen(context)
    values |= {"today": _today(host), "customer": query.customer_id, "owner": query.owner_id}
    found = [
        AgeingLine(bucket=AgeingBucket(row[0]), currency=row[1], count=row[2], open_amount=row[3])
        for row in host.store.rows(_AGEING.format(scope=scope), values)
    ]
    order = list(AgeingBucket)
    return sorted(found, key=lambda each: (each.currency, order.index(each.bucket)))


def customer_money(host: ServiceHost, customer_ids: Sequence[UUID]) -> list[MoneyOfCustomer]:
    """See `CustomerMoney`."""
    return store.customer_money(host.store, customer_ids, _today(host))


def _today(host: ServiceHost) -> date:
    return host.clock.now().astimezone(ZoneInfo(host.settings.get(TIMEZONE))).date()


def _seen(context: Context) -> tuple[str, dict[str, Any]]:
    """The scope as a condition on ``r``, with its values."""
    actor = context.authenticated()
    kind = _SCOPE.kind(actor)
    condition = "true" if kind is None else _SCOPE.condition(kind, Reach.MANY)
    placed = condition.format(t="r", me="%(me)s::uuid", department="%(department)s::uuid")
    return placed, {"me": actor.id, "department": actor.department_id}
