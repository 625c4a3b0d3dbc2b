"""From an opportunity to its order (SAL-07)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crm_common.changes import Change
from crm_common.protocol.sales.opportunities_commands import OrderOpportunity
from sales.domain import opportunity as domain
from sales.domain import order as orders_domain
from sales.domain.order import OrderLine
from sales.store import opportunities, orders
from sales.usecases.opportunities import own
from sales.usecases.orders import begun, first_told
from sales.usecases.quotes import quote_for_order


def order_opportunity(change: Change, command: OrderOpportunity) -> dict[str, Any]:
    """A draft order of its lines, or of a quote's that still holds. Whose the customer is, is asked with submitting."""
    found = own(change, command.id)
    domain.expect_on_its_way(found)
    currency = found.currency
    if command.quote_id is None:
        kept = opportunities.lines(change.connection, found.id)
        lines = tuple(replace(each, id=change.new_id()) for each in kept)
    else:
        quote = quote_for_order(change, command.quote_id, customer_id=found.customer_id)
        currency = quote.currency
        names = ("product_id", "name", "unit", "quantity", "price", "discount", "amount")
        lines = tuple(
            OrderLine(id=change.new_id(), **{name: getattr(each, name) for name in names}) for each in quote.lines
        )
    new = begun(change, found.customer_id, currency=currency)
    linked = replace(new, opportunity_id=found.id, quote_id=command.quote_id)
    made = orders_domain.with_lines(linked, lines)
    orders.insert(change.connection, made, change.now)
    change.record(first_told(change, made))
    return {"order": made.id}
