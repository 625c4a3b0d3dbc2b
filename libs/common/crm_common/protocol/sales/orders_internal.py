"""What other services ask of orders: finance's check that the money adds up (BYD-12)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import given
from crm_common.protocol.policy import INTERNAL
from crm_common.protocol.sales.orders import OrderState
from crm_common.protocol.sales.service import sales


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLedgerEntry:
    """An order as money sees it."""

    order_id: UUID
    """The order."""
    number: str
    """Its number."""
    state: OrderState
    """Where it stands."""
    amount: Decimal
    """What it comes to."""
    currency: str
    """In which currency."""
    customer_id: UUID
    """The customer."""
    owner_id: UUID
    """Whose it is."""
    contract_id: UUID | None
    """Its contract."""
    performance: Decimal
    """The sum of the performance records it made, reversals taken off."""


@sales.query(INTERNAL, returns=tuple[OrderLedgerEntry, ...], public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLedger:
    """Every order by id, page by page."""

    after: UUID | None = given("Go on behind this order.", default=None)
    first: Annotated[int, Meta(ge=1, le=1000)] = given("How many.", default=1000)
