"""Purchases, and what is left of them when part of an order comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from crm_common.protocol.sales.orders_events import OrderedLine


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


def taken_off(rows: Sequence[Purchase], returned: Iterable[OrderedLine]) -> list[Purchase]:
    """The purchases that change, as they are afterwards: of each product so much less, never less than nothing."""
    left = {each.id: each for each in rows}
    for line in returned:
        quantity, amount = line.quantity, line.amount
        for present in [left[each.id] for each in rows if each.product_id == line.product_id]:
            less = min(quantity, present.quantity)
            worth = present.amount if less == present.quantity else min(amount, present.amount)
            left[present.id] = replace(present, quantity=present.quantity - less, amount=present.amount - worth)
            quantity, amount = quantity - less, max(amount - worth, Decimal(0))
            if not quantity:
                break
    return [left[row.id] for row in rows if left[row.id] != row]
