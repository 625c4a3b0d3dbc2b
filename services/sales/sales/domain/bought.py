"""A line of an approved order: what was bought, by whose work, and until when the service runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtLine:
    """A line as its row keeps it."""

    id: UUID
    order_id: UUID
    line: int
    employee_id: UUID
    customer_id: UUID
    product_id: UUID
    product_name: str
    quantity: Decimal
    amount: Decimal
    currency: str
    day: date
    starts_on: date | None
    ends_on: date | None
