"""What is told of orders (features §3.4): finance, customer and office go on from here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from crm_common.money import HOME_CURRENCY
from crm_common.protocol.customer.timeline import SalesRecordMade
from crm_common.protocol.declare import Changes, Event, Personal
from crm_common.protocol.sales.service import sales

PERSONAL = Personal(of="customer_id", changes=("remark",))
"""What somebody wrote of the customer in his own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedLine:
    """A line of an order, as it was agreed."""

    product_id: UUID
    name: str
    quantity: Decimal
    unit: str
    price: Decimal
    """Of one unit."""
    amount: Decimal
    """Of the line, after its discount, to the cent."""
    starts_on: date | None = None
    """When the service bought begins, and ends (SAL-42)."""
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidVoucher:
    """A payment that the customer made by his own account, with the picture that shows it."""

    document_id: UUID
    sha256: str
    amount: Decimal
    currency: str
    paid_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent(Event):
    """What every event of an order tells: whose it is and what it comes to, after the change."""

    personal = PERSONAL
    order_id: UUID
    number: str
    customer_id: UUID
    owner_id: UUID
    amount: Decimal
    currency: str = HOME_CURRENCY
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecordMade(SalesRecordMade):
    """The same, of an event that is a sales record too: the days until the customer's reclaim begin anew (CUS-15)."""

    personal = PERSONAL
    order_id: UUID
    number: str
    owner_id: UUID
    amount: Decimal
    currency: str = HOME_CURRENCY
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTurned(Event):
    """What brings an order into force, or takes from it; who subscribes to it hears them all, in their order."""

    contract: ClassVar[bool] = True


@sales.event("order.created", subject="order_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCreated(OrderRecordMade):
    """An order was written down; nothing of it is decided."""


@sales.event("order.updated", subject="order_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderUpdated(OrderEvent):
    """An order that nobody reviews was changed."""


@sales.event("order.submitted", subject="order_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSubmitted(OrderRecordMade):
    """An order waits for operations or finance; from now on it is locked."""

    contract_id: UUID
    submitted_by: UUID


@sales.event("order.withdrawn", subject="order_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWithdrawn(OrderEvent):
    """Its submitter took an order back before anybody decided."""


@sales.event("order.rejected", subject="order_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRejected(OrderEvent):
    """An order was rejected; it may be changed and submitted again."""

    reason: str
    reviewed_by: UUID
    submitted_by: UUID


@sales.event("order.cancelled", subject="order_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(OrderEvent):
    """An order that was never approved was given up."""


@sales.event("order.approved", subject="order_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderApproved(OrderRecordMade, OrderTurned):
    """An order was approved: from it follow the receivable, the receipts, WON, DEALT, purchases and performance."""

    contract_id: UUID
    opportunity_id: UUID | None
    lines: tuple[OrderedLine, ...]
    vouchers: tuple[PaidVoucher, ...]
    reviewed_by: UUID
    submitted_by: UUID
    due_on: date
    """When the whole is to be paid."""


@sales.event("order.approval_undone", subject="order_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderApprovalUndone(OrderEvent, OrderTurned):
    """Finance could not take an approved order: it waits for review again, and what followed from it is taken back."""

    reason: str


@sales.event("order.fulfilled", subject="order_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFulfilled(OrderEvent):
    """Everything ordered was delivered."""


@sales.event("order.completed", subject="order_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCompleted(OrderEvent):
    """An order was delivered and paid in full."""


@sales.event("order.voided", subject="order_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderVoided(OrderEvent, OrderTurned):
    """An approved order no longer holds: its receivable and its performance go."""

    reason: str


@sales.event("order.returned", subject="order_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReturned(OrderEvent, OrderTurned):
    """Part of an approved order came back; ``amount`` is what the order comes to from now on."""

    lines: tuple[OrderedLine, ...]
    """What came back."""
    refund: Decimal
    """What it was worth, to the cent."""
    reason: str
