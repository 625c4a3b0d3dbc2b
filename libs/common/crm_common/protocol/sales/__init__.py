"""What the service sales says to others."""

from __future__ import annotations

from crm_common.protocol.sales import (
    exchange,
    performance,
    prices,
    products,
)
from crm_common.protocol.sales.service import sales

__all__ = [
    "exchange",
    "performance",
    "prices",
    "products",
    "sales",
]
