"""Performance (SAL-32): what may be added and deleted by hand, and what an order's return takes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from crm_common.money import is_amount
from crm_common.protocol.sales.performance import (
    AddPerformance,
    PerformanceEvent,
    PerformanceRules,
    PerformanceSource,
)

E = TypeVar("E", bound=PerformanceEvent)
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """A record as its row keeps it."""

    id: UUID
    employee_id: UUID
    day: date
    amount: Decimal
    currency: str
    source: PerformanceSource
    title: str
    order_id: UUID | None = None
    customer_id: UUID | None = None
    reversed: Decimal = NOTHING
    reversed_at: datetime | None = None
    locked_at: datetime | None = None

    @property
    def standing(self) -> Decimal:
        """What of it was not taken back."""
        return self.amount - self.reversed


def added(command: AddPerformance, new_id: UUID, me: UUID, today: date) -> Performance:
    """A record by hand."""
    if not is_amount(command.amount) or command.amount <= 0:
        raise PerformanceRules.a_performance_is_above_zero(field="amount")
    if not command.title.strip():
        raise PerformanceRules.a_performance_says_what_it_is_for(field="title")
    if command.day > today:
        raise PerformanceRules.a_performance_is_of_a_day_that_has_come(field="day")
    return Performance(
        id=new_id,
        employee_id=me,
        day=command.day,
        amount=command.amount,
        currency=command.currency,
        source=PerformanceSource.OWN,
        title=command.title.strip(),
    )


def expect_deletable(record: Performance) -> None:
    """Refuse to delete what an order made, and what finance has audited."""
    if record.locked_at is not None:
        raise PerformanceRules.audited_performance_stays(field="id")
    if record.source is not PerformanceSource.OWN:
        raise PerformanceRules.a_record_of_an_order_goes_with_its_order(field="id")


def reversal(record: Performance, refund: Decimal | None, new_id: UUID, today: date) -> Performance:
    """The record that takes back ``refund`` of an order's record, never more than stands; all of it where None."""
    back = record.standing if refund is None else min(refund, record.standing)
    return Performance(
        id=new_id,
        employee_id=record.employee_id,
        day=today,
        amount=-back,
        currency=record.currency,
        source=PerformanceSource.REVERSAL,
        title=record.title,
        order_id=record.order_id,
        customer_id=record.customer_id,
    )


def told(kind: type[E], record: Performance, **more: object) -> E:
    """The event about the record."""
    about = {name: getattr(record, name) for name in ("employee_id", "order_id", "day", "amount", "currency")}
    return kind(**{"performance_id": record.id, **about, **more})
