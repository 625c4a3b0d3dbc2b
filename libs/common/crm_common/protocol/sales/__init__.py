"""What the service sales says to others."""

from __future__ import annotations

from crm_common.protocol.sales import (
    exchange,
    orders,
    orders_commands,
    orders_events,
    orders_internal,
    orders_rules,
    performance,
    performance_demo,
    prices,
    products,
    products_demo,
    products_exchange,
    quotes,
    quotes_events,
    rankings,
    renewals,
    sales_log,
    targets,
)
from crm_common.protocol.sales.service import sales

__all__ = [
    "exchange",
    "orders",
    "orders_commands",
    "orders_events",
    "orders_internal",
    "orders_rules",
    "performance",
    "performance_demo",
    "prices",
    "products",
    "products_demo",
    "products_exchange",
    "quotes",
    "quotes_events",
    "rankings",
    "renewals",
    "sales",
    "sales_log",
    "targets",
]
