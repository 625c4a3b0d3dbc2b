"""What is told of an order: its events, made of what it was and what it is. Pure."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from crm_common.protocol.customer.reclaim import SalesRecord
from crm_common.protocol.sales.orders_events import (
    OrderApproved,
    OrderedLine,
    OrderEvent,
    OrderRecordMade,
    PaidVoucher,
)
from sales.domain.order import Order, changes

E = TypeVar("E", bound=OrderEvent)
R = TypeVar("R", bound=OrderRecordMade)


def told(kind: type[E], before: Order | None, after: Order, **more: Any) -> E:
    """An event of an order."""
    return kind(**_known(before, after), **more)


def recorded(
    kind: type[R], before: Order | None, after: Order, *, record: SalesRecord, at: datetime, by: UUID, **more: Any
) -> R:
    """An event of an order that is a sales record of its customer too (CUS-15)."""
    known = _known(before, after)
    return kind(**known, record=record, at=at, title=after.number, employee_id=by, reference_id=after.id, **more)


def approved(before: Order, after: Order, *, at: datetime) -> OrderApproved:
    """An order was approved, with all that follows from it."""
    assert after.reviewed_by is not None
    return recorded(
        OrderApproved,
        before,
        after,
        record=SalesRecord.ORDER_APPROVED,
        at=at,
        by=after.owner_id,
        contract_id=after.contract_id,
        opportunity_id=after.opportunity_id,
        lines=tuple(_part(OrderedLine, each) for each in after.lines),
        vouchers=tuple(_part(PaidVoucher, each) for each in after.vouchers),
        reviewed_by=after.reviewed_by,
        submitted_by=after.submitted_by,
        due_on=after.due_on,
    )


def _known(before: Order | None, after: Order) -> dict[str, Any]:
    return {
        "order_id": after.id,
        "number": after.number,
        "customer_id": after.customer_id,
        "owner_id": after.owner_id,
        "amount": after.amount,
        "currency": after.currency,
        "changes": changes(before, after),
    }


def _part(kind: type[Any], part: Any) -> Any:
    return kind(**{each.name: getattr(part, each.name) for each in fields(kind)})
