"""Sums of contracts in the viewer's data scope (CON-08): what the list shows, added up by the database."""

from __future__ import annotations

from typing import Any

from crm_common.context import Context
from crm_common.protocol.finance.contract_reports import ContractTotal, ContractTotals, ContractTotalsBy
from crm_common.reading.scope import Reach
from crm_common.runtime.host import ServiceHost
from finance.views.contracts import SCOPE

_KEYS = {
    ContractTotalsBy.STATE: ("c.state", "NULL::text"),
    ContractTotalsBy.CUSTOMER: ("c.customer_id::text", "(SELECT k.name FROM customer_ref k WHERE k.id::text = key)"),
    ContractTotalsBy.OWNER: ("c.owner_id::text", "(SELECT e.name FROM employee_ref e WHERE e.id::text = key)"),
    ContractTotalsBy.END: ("coalesce(to_char(c.ends_on, 'YYYY'), '')", "NULL::text"),
}
_TOTALS = """
SELECT key, {name}, currency, count, amount, changed, measured, paid, deviating FROM (
    SELECT {key} AS key, c.currency, count(*) AS count, sum(c.amount) AS amount, sum(c.changed_amount) AS changed,
        sum(c.measured_amount) AS measured, sum(c.paid_amount) AS paid,
        count(*) FILTER (WHERE c.is_deviating) AS deviating
    FROM contract c WHERE c.deleted_at IS NULL AND {scope}
        AND (%(from_day)s::date IS NULL OR c.signed_on >= %(from_day)s::date)
        AND (%(to_day)s::date IS NULL OR c.signed_on <= %(to_day)s::date)
    GROUP BY 1, 2 ORDER BY amount DESC, key, currency LIMIT %(first)s
) summed ORDER BY amount DESC, key, currency
"""


def totals(host: ServiceHost, context: Context, query: ContractTotals) -> list[ContractTotal]:
    """See `ContractTotals`."""
    key, name = _KEYS[query.by]
    actor = context.authenticated()
    kind = SCOPE.kind(actor)
    condition = "true" if kind is None else SCOPE.condition(kind, Reach.MANY)
    scope = condition.format(t="c", me="%(me)s::uuid", department="%(department)s::uuid")
    values: dict[str, Any] = {"me": actor.id, "department": actor.department_id, "first": query.first}
    values |= {"from_day": query.from_day, "to_day": query.to_day}
    rows = host.store.rows(_TOTALS.format(key=key, name=name, scope=scope), values)
    return [
        ContractTotal(
            key=row[0], name=row[1], currency=row[2], count=row[3], amount=row[4], changed=row[5], measured=row[6],
            paid=row[7], deviating=row[8],
        )
        for row in rows
    ]  # fmt: skip
