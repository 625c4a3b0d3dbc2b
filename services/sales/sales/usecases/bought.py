"""What an approved order says was bought: products for targets, renewals and recommendations."""

from __future__ import annotations

from collections.abc import Sequence

from crm_common.changes import Change
from crm_common.protocol.sales.orders_events import OrderApproved, OrderedLine
from crm_common.returning import taken_off
from sales.domain.bought import BoughtLine
from sales.domain.performance import Performance
from sales.store import bought as store


def note_lines(change: Change, order: OrderApproved, record: Performance) -> None:
    """The lines of an order whose performance is made now."""
    rows = [
        BoughtLine(
            id=change.new_id(),
            order_id=order.order_id,
            line=number,
            employee_id=record.employee_id,
            customer_id=order.customer_id,
            product_id=line.product_id,
            product_name=line.name,
            quantity=line.quantity,
            amount=line.amount,
            currency=order.currency,
            day=record.day,
            starts_on=line.starts_on,
            ends_on=line.ends_on,
        )
        for number, line in enumerate(order.lines)
    ]
    store.insert(change.connection, rows)


def take_lines_back(change: Change, record: Performance, returned: Sequence[OrderedLine] | None) -> None:
    """All lines of an order go, or what was returned of them."""
    assert record.order_id is not None
    rows = store.of_order(change.connection, record.order_id)
    changed = rows if returned is None else taken_off(rows, returned)
    gone = rows if returned is None else [each for each in changed if not each.quantity]
    for each in changed:
        if each not in gone:
            store.change(change.connection, each)
    if gone:
        store.delete(change.connection, gone)
