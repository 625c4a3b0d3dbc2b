"""Every order as money sees it, for finance's check that all of it adds up (BYD-12)."""

from __future__ import annotations

from crm_common.protocol.sales.orders import OrderState
from crm_common.protocol.sales.orders_internal import OrderLedger, OrderLedgerEntry
from crm_common.store import Store

_ENTRIES = """
SELECT o.id, o.number, o.state, o.amount, o.currency, o.customer_id, o.owner_id, o.contract_id,
    coalesce((SELECT sum(p.amount) FROM performance p WHERE p.order_id = o.id), 0)
FROM sales_order o WHERE o.id > coalesce(%(after)s::uuid, '00000000-0000-0000-0000-000000000000')
ORDER BY o.id LIMIT %(first)s
"""


def order_ledger(store: Store, query: OrderLedger) -> tuple[OrderLedgerEntry, ...]:
    """The page that the query asks for; see `OrderLedger`."""
    rows = store.rows(_ENTRIES, {"after": query.after, "first": query.first})
    return tuple(
        OrderLedgerEntry(
            order_id=row[0],
            number=row[1],
            state=OrderState(row[2]),
            amount=row[3],
            currency=row[4],
            customer_id=row[5],
            owner_id=row[6],
            contract_id=row[7],
            performance=row[8],
        )
        for row in rows
    )
