"""Competitors as they are shown, and how we do against them."""

from __future__ import annotations

from crm_common.context import Context
from crm_common.projections.employees import employee_ref
from crm_common.protocol.sales.competitors import CompetitorResult, CompetitorView, LostOrderView
from crm_common.reading import bind, by_owner, many
from crm_common.reading.scope import Reach
from crm_common.store import Store
from sales.domain.competitor import win_rate
from sales.tables.competitors import competitor, lost_order
from sales.tables.opportunities import opportunity

LOST_ORDERS = bind(LostOrderView, lost_order, default_order=[lost_order.c.lost_on.desc()])
COMPETITORS = bind(
    CompetitorView,
    competitor,
    sort={"name": competitor.c.name_key},
    children={"lost_orders": many(lost_order.c.competitor_id, part=True)},
    default_order=[competitor.c.name_key],
)
_SCOPE = by_owner("opp", owner=opportunity.c.owner_id, people=employee_ref)
# opportunities name competitors by their names
_RESULTS = """
SELECT c.id, c.name,
    count(o.id) FILTER (WHERE o.stage = 'WON') AS won,
    count(o.id) FILTER (WHERE o.stage = 'LOST') AS lost
FROM competitor c LEFT JOIN opportunity o ON {scope} AND (
    (o.stage = 'WON' AND c.name_fold IN (SELECT lower(n) FROM unnest(o.competitors) n))
    OR (o.stage = 'LOST' AND lower(o.competitor) = c.name_fold))
GROUP BY c.id ORDER BY c.name_key, c.id
"""


def results(store: Store, context: Context) -> tuple[CompetitorResult, ...]:
    """How we do against each competitor, by the opportunities that the actor sees."""
    actor = context.authenticated()
    kind = _SCOPE.kind(actor)
    values = {"me": "%(me)s::uuid", "department": "%(department)s::uuid"}
    condition = "true" if kind is None else _SCOPE.condition(kind, Reach.FEW).format(t="o", **values)
    asked = {"me": actor.id, "department": actor.department_id}
    rows = store.rows(_RESULTS.format(scope=condition), asked)
    return tuple(
        CompetitorResult(competitor_id=key, name=name, won=won, lost=lost, win_rate=win_rate(won, lost))
        for key, name, won, lost in rows
    )
