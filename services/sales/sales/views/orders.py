"""Orders as they are shown."""

from __future__ import annotations

from crm_common.journal.told import Told
from crm_common.projections.employees import employee_ref
from crm_common.protocol.sales.orders import OrderLineView, OrderView, OrderVoucherView
from crm_common.reading import Where, bind, by_owner, many
from sales.tables.orders import order_line, order_voucher, sales_order

# another order that was given the same picture; one that was given up does not count
_OTHER = """
SELECT o.{column} FROM order_voucher v JOIN sales_order o ON o.id = v.order_id
WHERE v.sha256 = {{t}}.sha256 AND v.id <> {{t}}.id AND o.state <> 'CANCELLED'
ORDER BY o.created_at, o.id LIMIT 1
"""

LINES = bind(OrderLineView, order_line, default_order=[order_line.c.place])
VOUCHERS = bind(
    OrderVoucherView,
    order_voucher,
    fields={
        "duplicate_voucher_of": _OTHER.format(column="id"),
        "duplicate_voucher_number": _OTHER.format(column="number"),
    },
    default_order=[order_voucher.c.place],
)
ORDERS = bind(
    OrderView,
    sales_order,
    fields={
        "customer_name": "SELECT c.name FROM customer_ref c WHERE c.id = {t}.customer_id",
        "owner_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.owner_id",
        "reviewed_by_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.reviewed_by",
        "voucher_amount": "SELECT coalesce(sum(v.amount), 0) FROM order_voucher v WHERE v.order_id = {t}.id",
    },
    children={
        "lines": many(order_line.c.order_id, part=True),
        "vouchers": many(order_voucher.c.order_id, part=True),
    },
    scope=by_owner("order", owner=sales_order.c.owner_id, people=employee_ref),
    default_order=[sales_order.c.created_at.desc()],
)
WAITING = Where("{t}.state = 'PENDING_REVIEW'", selective=True)
TOLD = Told(view=OrderView, aggregates=("order",))
