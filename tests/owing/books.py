"""A finance that stands alone at a fixed moment, and hears of approved orders as sales tells them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from crm_common.clock import FixedClock
from crm_common.context import Actor
from crm_common.protocol.customer.reclaim import SalesRecord
from crm_common.protocol.sales.orders_events import OrderApproved, PaidVoucher
from finance.service import FinanceService
from infra.postgres import SharedPostgres
from owing import ENVIRONMENT
from serving.alone import Alone, alone, employee
from serving.hearing import hear

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
FU = employee(
    "fu", "receivable.view", "receivable.edit", "receivable.write_off", "receipt.view", "receipt.confirm",
    "receipt.reverse", "finance.close", "finance.report", receivable="ALL", receipt="ALL",
)  # fmt: skip
"""Of finance."""


def seller(name: str | None = None) -> Actor:
    """Somebody who enters receipts of what is his."""
    return employee(name or uuid4().hex, "receipt.create")


def approved(owner: Actor, amount: str = "8000.00", *paid: str, **more: Any) -> OrderApproved:
    """An order of somebody's that was approved, with a voucher for each amount."""
    vouchers = tuple(
        PaidVoucher(document_id=uuid4(), sha256=uuid4().hex * 2, amount=Decimal(each), currency="CNY", paid_on=TODAY)
        for each in paid
    )
    number = f"SO-{uuid4().hex[:6]}"
    given: dict[str, Any] = {
        "customer_id": uuid4(), "record": SalesRecord.ORDER, "at": NOW, "title": number, "order_id": uuid4(),
        "number": number, "owner_id": owner.id, "amount": Decimal(amount), "contract_id": uuid4(),
        "opportunity_id": None, "lines": (), "vouchers": vouchers, "reviewed_by": uuid4(), "submitted_by": owner.id,
        "due_on": TODAY + timedelta(days=30),
    }  # fmt: skip
    return OrderApproved(**given | more)


@dataclass(frozen=True, slots=True)
class Books:
    """The service, and what stands in it."""

    service: Alone
    clock: FixedClock

    def owed(self, order: OrderApproved) -> dict[str, Any]:
        """The receivable of an order, as finance sees it."""
        asked = {"filter": {"order_id": {"eq": str(order.order_id)}}}
        [found] = self.service.call(FU, "receivables", **asked)["nodes"]
        return dict(found)

    def receipts(self, order: OrderApproved) -> list[dict[str, Any]]:
        """The receipts of an order, the smallest first."""
        asked = {"filter": {"order_id": {"eq": str(order.order_id)}}, "order_by": [{"field": "amount"}]}
        return list(self.service.call(FU, "receipts", **asked)["nodes"])

    def sell(self, owner: Actor, amount: str = "8000.00", *paid: str, **more: Any) -> OrderApproved:
        """An approved order, heard."""
        order = approved(owner, amount, *paid, **more)
        hear(self.service, order)
        return order

    def enter(self, by: Actor, order: OrderApproved, amount: str, **more: Any) -> dict[str, Any]:
        """A receipt of an order that somebody enters."""
        given = {"order_id": order.order_id, "amount": amount, "received_on": TODAY} | more
        return dict(self.service.call(by, "create_receipt", **given)["receipt"])

    def confirm(self, receipt: dict[str, Any], by: Actor = FU) -> dict[str, Any]:
        """The receipt after its confirmation."""
        given = {"id": receipt["id"], "version": receipt["version"]}
        return dict(self.service.call(by, "confirm_receipt", **given)["receipt"])

    def told(self, subject: str) -> list[tuple[str, dict[str, Any]]]:
        """Type and data of a subject's events in order."""
        rows = self.service.store.rows("SELECT type, data FROM journal WHERE subject = %s ORDER BY seq", (subject,))
        return [(row[0], row[1]) for row in rows]


@contextmanager
def books(server: SharedPostgres) -> Iterator[Books]:
    """Empty books on a database of their own."""
    clock = FixedClock(NOW)
    with alone(server, FinanceService, environment=ENVIRONMENT, clock=clock) as service:
        yield Books(service, clock)
