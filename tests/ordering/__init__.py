"""Orders for tests: as they stand in the middle of their life, and a company whose services know one another."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from crm_common.protocol.sales.orders import OrderState
from sales.domain import order as domain
from sales.domain.order import Order, OrderLine, Voucher

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
OWNER, REVIEWER = UUID(int=1), UUID(int=2)


def line(amount: str = "120000.00", **more: Any) -> OrderLine:
    """One unit of something for so much."""
    about: dict[str, Any] = {
        "id": uuid4(),
        "product_id": uuid4(),
        "name": "稳健一号",
        "unit": "份",
        "quantity": Decimal(1),
        "price": Decimal(amount),
        "discount": Decimal(0),
        "amount": Decimal(amount),
    }
    return OrderLine(**about | more)


def voucher(amount: str = "50000.00", **more: Any) -> Voucher:
    """A payment with its picture."""
    about: dict[str, Any] = {
        "id": uuid4(),
        "document_id": uuid4(),
        "sha256": uuid4().hex * 2,
        "amount": Decimal(amount),
        "currency": "CNY",
        "paid_on": date(2026, 11, 20),
    }
    return Voucher(**about | more)


def order(state: OrderState = OrderState.DRAFT, **more: Any) -> Order:
    """An order with all its parts, in this state."""
    about: dict[str, Any] = {
        "id": uuid4(),
        "number": f"SO20261123-{uuid4().hex[:6]}",
        "customer_id": uuid4(),
        "owner_id": OWNER,
        "contract_id": uuid4(),
        "vouchers": (voucher(),),
    }
    if state not in domain.OPEN | {OrderState.CANCELLED}:
        about |= {"submission_id": uuid4(), "submitted_by": more.get("owner_id", OWNER), "submitted_at": NOW}
    if state in (OrderState.APPROVED, OrderState.FULFILLED, OrderState.COMPLETED, OrderState.VOIDED):
        about |= {"reviewed_by": REVIEWER, "reviewed_at": NOW, "due_on": date(2026, 12, 23)}
    return domain.with_lines(Order(**about | {"state": state} | more), more.get("lines", (line(),)))
