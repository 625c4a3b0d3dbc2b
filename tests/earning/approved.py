"""Approved orders as the review makes them, and people whom the service knows: what tests of performance begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from crm_common.changes import Change, changing
from crm_common.context import Actor, system_context
from crm_common.protocol.customer.reclaim import SalesRecord
from crm_common.protocol.sales.orders_events import OrderApproved, OrderedLine
from serving.alone import Alone, employee

_KNOWN = """
INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)
VALUES (%s, 1, %s, true, %s, '销售部', %s, %s) ON CONFLICT (id) DO NOTHING
"""


def line(amount: str, **more: Any) -> OrderedLine:
    """One unit of something for so much."""
    about = {"product_id": uuid4(), "name": "稳健一号", "quantity": Decimal(1), "unit": "份"}
    return OrderedLine(**{**about, "price": Decimal(amount), "amount": Decimal(amount), **more})


def approved(owner: Actor, amount: str, *lines: OrderedLine, at: datetime | None = None, **more: Any) -> OrderApproved:
    """An order that was approved."""
    about: dict[str, Any] = {
        "order_id": uuid4(),
        "number": "SO-1",
        "customer_id": uuid4(),
        "owner_id": owner.id,
        "amount": Decimal(amount),
        "record": SalesRecord.ORDER,
        "at": at or datetime.fromisoformat("2026-11-23T02:00:00Z"),
        "contract_id": uuid4(),
        "opportunity_id": None,
        "lines": lines or (line(amount),),
        "vouchers": (),
        "reviewed_by": uuid4(),
        "submitted_by": owner.id,
        "due_on": date(2026, 12, 23),
    }
    return OrderApproved(**about | more)


@contextmanager
def change_of(service: Alone, *, now: datetime | None = None) -> Iterator[Change]:
    """An open transaction of the service, as a review has one."""
    host = service.runtime.services[service.name].host
    with changing(host, system_context(service.name, correlation_id="test"), now=now) as change:
        yield change


def known(service: Alone, name: str, *permissions: str, under: Actor | None = None, **scopes: str) -> Actor:
    """An employee of the copy that the service keeps."""
    who = employee(name, *permissions, **scopes)
    department = UUID(int=7)
    line = [under.id] if under else []
    with service.store.transaction() as connection:
        connection.exec_driver_sql(_KNOWN, (who.id, name, department, f"/{department}/", line))
    return who
