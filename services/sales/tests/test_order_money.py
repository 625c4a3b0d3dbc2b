"""What finance tells of an order's money (features §3.4): completed when delivered and paid, undone when refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor
from crm_common.protocol.finance.receivables_events import (
    ReceiptConfirmed,
    ReceiptReversed,
    ReceivableEvent,
    ReceivableRefused,
    ReceivableReopened,
    ReceivableSettled,
)
from crm_common.protocol.sales.orders import OrderState as S
from earning.approved import change_of, known
from ordering.reviewing import KEYS, performance, placed, reviewed, told
from sales.domain.order import Order
from sales.usecases import order_money
from serving.alone import Alone

pytestmark = pytest.mark.infra


@pytest.fixture
def li(service: Alone) -> Actor:
    return known(service, "money.li", *KEYS, order="SELF")


@pytest.fixture
def fu(service: Alone) -> Actor:
    return known(service, "money.fu", "order.view", "order.review", order="ALL")


def money(kind: type[ReceivableEvent], of: Order) -> Any:
    about: dict[str, Any] = {
        "receivable_id": uuid4(),
        "order_id": of.id,
        "contract_id": of.contract_id,
        "customer_id": of.customer_id,
    }
    about |= {"owner_id": of.owner_id, "title": of.number, "amount": of.amount, "open_amount": Decimal(0)}
    return kind(**about, due_on=date(2026, 12, 23))


def state_of(service: Alone, which: Order) -> str:
    [[found]] = service.store.rows("SELECT state FROM sales_order WHERE id = %s", (which.id,))
    return str(found)


def test_full_payment_completes_a_delivered_order_and_waits_for_delivery_otherwise(service: Alone, li: Actor) -> None:
    approved, fulfilled = placed(service, li, S.APPROVED), placed(service, li, S.FULFILLED)
    for each in (approved, fulfilled, approved, fulfilled):  # told twice, as events may be
        with change_of(service) as change:
            order_money.settle_order(change, money(ReceivableSettled, each))
    assert (state_of(service, approved), state_of(service, fulfilled)) == ("APPROVED", "COMPLETED")

    service.call(li, "mark_order_delivered", id=str(approved.id), version=2)

    assert state_of(service, approved) == "COMPLETED"
    assert told(service, approved) == ["order.updated", "order.fulfilled", "order.completed"]
    assert told(service, fulfilled) == ["order.completed"]
    with change_of(service) as change:
        order_money.unsettle_order(change, money(ReceivableReopened, fulfilled))
    assert state_of(service, fulfilled) == "FULFILLED"


def test_when_finance_refuses_the_approval_and_what_followed_are_taken_back(
    service: Alone, li: Actor, fu: Actor
) -> None:
    waiting = placed(service, li)
    reviewed(service, fu, waiting)
    refusal = ReceivableRefused(
        order_id=waiting.id, customer_id=waiting.customer_id, owner_id=li.id, reason="a_closed_period_is_not_changed"
    )
    for _ in range(2):
        with change_of(service) as change:
            order_money.undo_approval(change, refusal)

    assert state_of(service, waiting) == "PENDING_REVIEW"
    assert told(service, waiting) == ["order.approved", "order.approval_undone"]
    assert sum(Decimal(each) for each in performance(service, li, waiting)) == 0
    again = reviewed(service, fu, waiting, version=3)
    assert again["state"] == "APPROVED"
    assert sum(Decimal(each) for each in performance(service, li, waiting)) == Decimal("120000.00")


def test_what_was_received_is_shown_with_the_order(service: Alone, li: Actor) -> None:
    approved = placed(service, li, S.APPROVED)
    about: dict[str, Any] = {"receipt_id": uuid4(), "receivable_id": None, "order_id": approved.id}
    about |= {"customer_id": approved.customer_id, "owner_id": li.id, "amount": Decimal("50000.00")}
    about |= {"received_on": date(2026, 11, 20), "open_amount": Decimal("70000.00")}
    with change_of(service) as change:
        more: dict[str, Any] = {"confirmed_by": uuid4(), "allocated": Decimal("50000.00")}
        order_money.note_money(change, ReceiptConfirmed(**about, **more))
        order_money.note_money(change, ReceiptConfirmed(**about, **more))
        order_money.note_money(change, ReceiptReversed(**about, reason="x", created_by=li.id))
    [shown] = service.call(li, "orders_by_ids", ids=[str(approved.id)])
    assert (shown["received"], shown["voucher_amount"]) == ("50000.00", "50000.00")
