"""Purchases: what was bought by the lines of orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """What was bought by a line of an order: of ours, or of another system's."""

    id: UUID
    customer_id: UUID
    line: int
    product_id: UUID | None
    product_name: str
    quantity: Decimal
    unit: str
    amount: Decimal
    currency: str
    bought_at: datetime
    order_id: UUID | None = None
    system: str | None = None
    external_id: str | None = None
