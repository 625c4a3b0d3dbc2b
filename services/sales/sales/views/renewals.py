"""Bought services, and what buyers are offered, as they are shown."""

from __future__ import annotations

from datetime import timedelta

from crm_common.context import Context
from crm_common.days import day_of
from crm_common.projections.employees import employee_ref
from crm_common.protocol.sales.renewals import (
    BoughtServiceView,
    CrossSellingRuleView,
    Recommendation,
    Recommendations,
    Renewals,
)
from crm_common.reading import Where, bind, by_owner
from crm_common.runtime.host import ServiceHost
from sales.store.renewals import BOUGHT_AGAIN
from sales.tables.bought import bought_line, cross_selling_rule
from sales.views.scopes import OwnOrTeam, viewer

_NAMES = {
    "employee_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.employee_id",
    "customer_name": "SELECT c.name FROM customer_ref c WHERE c.id = {t}.customer_id",
}
_ORDERS = OwnOrTeam("order", "order.view", owner=bought_line.c.employee_id)
BOUGHT_SERVICES = bind(
    BoughtServiceView,
    bought_line,
    fields=_NAMES,
    scope=by_owner("order", owner=bought_line.c.employee_id, people=employee_ref),
    default_order=[bought_line.c.day.desc()],
)
CROSS_SELLING_RULES = bind(
    CrossSellingRuleView,
    cross_selling_rule,
    fields={
        "product_name": "SELECT p.name FROM product p WHERE p.id = {t}.product_id",
        "recommended_name": "SELECT p.name FROM product p WHERE p.id = {t}.recommended_id",
    },
    default_order=[cross_selling_rule.c.created_at.desc()],
)
_OFFERED = """
SELECT DISTINCT ON (r.recommended_id) r.recommended_id, p.name, b.product_id, b.product_name, b.day, r.note
FROM bought_line b JOIN cross_selling_rule r ON r.product_id = b.product_id
    JOIN product p ON p.id = r.recommended_id AND p.on_sale
WHERE b.customer_id = %(customer)s AND {seen} AND NOT EXISTS (
    SELECT FROM bought_line h WHERE h.customer_id = b.customer_id AND h.product_id = r.recommended_id)
ORDER BY r.recommended_id, b.day DESC, b.id
"""


def ending(host: ServiceHost, query: Renewals) -> Where:
    """Services that end from today on, and are not renewed."""
    today = day_of(host.settings, host.clock.now())
    text = f"{{t}}.ends_on BETWEEN {{today}} AND {{until}} AND NOT {BOUGHT_AGAIN.format(t='{t}')}"
    return Where(text, today=today, until=today + timedelta(days=query.within_days))


def recommended(host: ServiceHost, context: Context, query: Recommendations) -> list[Recommendation]:
    """What the customer may be offered, by name."""
    statement = _OFFERED.format(seen=_ORDERS.asked(context, "b"))
    rows = host.store.rows(statement, viewer(context) | {"customer": query.customer_id})
    names = ("product_id", "product_name", "because_id", "because_name", "bought_on", "note")
    found = [Recommendation(**dict(zip(names, row, strict=True))) for row in rows]
    return sorted(found, key=lambda each: each.product_name)
