"""What customers owe and pay is told to those it concerns, each once (FIN-03, 04, 06, 20)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor
from crm_common.ids import to_global
from crm_common.protocol.finance.receivables_events import (
    CreditExceeded,
    ReceiptConfirmed,
    ReceiptCreated,
    ReceiptRejected,
    ReceiptReversed,
    ReceivableDue,
)
from office.store import role_holders
from serving.alone import Alone, employee
from serving.hearing import hear

D = Decimal


def somebody() -> Actor:
    return employee(uuid4().hex)


@pytest.fixture
def fu(service: Alone) -> Iterator[Actor]:
    """Alone in finance, for the time of a test."""
    found = somebody()
    with service.store.transaction() as connection:
        role_holders.save(connection, "FINANCE", [found.id])
    yield found
    with service.store.transaction() as connection:
        role_holders.save(connection, "FINANCE", [])


def told(service: Alone, who: Actor) -> list[tuple[str, str, str]]:
    """Kind, title and text of his messages, by kind."""
    nodes = service.call(who, "messages")["nodes"]
    return sorted((each["kind"], each["title"], each["text"]) for each in nodes)


def receipt(owner: Actor, **more: Any) -> dict[str, Any]:
    return {
        "receipt_id": uuid4(), "receivable_id": uuid4(), "order_id": uuid4(), "customer_id": uuid4(),
        "owner_id": owner.id, "amount": D("3000.00"), "received_on": date(2026, 11, 23), "open_amount": D("5000.00"),
    } | more  # fmt: skip


def test_fin_06_owner_and_finance_are_reminded_once_for_each_stage(service: Alone, fu: Actor) -> None:
    li = somebody()
    about: dict[str, Any] = {
        "receivable_id": uuid4(), "order_id": uuid4(), "contract_id": None, "customer_id": uuid4(), "owner_id": li.id,
        "title": "SO-1", "amount": D("8000.00"), "open_amount": D("5000.00"), "due_on": date(2026, 11, 26),
    }  # fmt: skip
    for days in (-3, -3, 0, 7):
        hear(service, ReceivableDue(**about, days_overdue=days))
    expected = [
        ("receivable_due", "应收款「SO-1」：5,000.00 CNY，到期日 2026-11-26", ""),
        ("receivable_due", "应收款「SO-1」：5,000.00 CNY，到期日 2026-11-26", ""),
        ("receivable_overdue", "应收款「SO-1」：5,000.00 CNY 已逾期，到期日 2026-11-26", "已逾期 7 天。"),
    ]
    assert told(service, li) == expected
    assert told(service, fu) == expected
    subjects = {each["about"] for each in service.call(li, "messages")["nodes"]}
    assert subjects == {to_global("Receivable", about["receivable_id"])}


def test_fin_03_finance_hears_of_what_waits_and_nobody_of_what_he_entered_himself(service: Alone, fu: Actor) -> None:
    li = somebody()
    one = receipt(li)
    hear(service, ReceiptCreated(**one, created_by=li.id))
    hear(service, ReceiptCreated(**one | {"receipt_id": uuid4(), "amount": D("1.50")}, created_by=li.id))
    hear(service, ReceiptCreated(**receipt(li), created_by=fu.id))
    assert told(service, fu) == [("receipts_waiting", "2 张回款单待确认，最近一张 1.50 CNY", "")]
    assert told(service, li) == []


def test_fin_04_the_seller_hears_what_became_of_the_money(service: Alone, fu: Actor) -> None:
    li, wang = somebody(), somebody()
    of = receipt(li)
    hear(service, ReceiptConfirmed(**of, confirmed_by=fu.id, allocated=D("3000.00")))
    hear(service, ReceiptRejected(**of, reason="未到账", created_by=wang.id))
    hear(service, ReceiptReversed(**of, reason="退票", created_by=wang.id))
    assert told(service, li) == [
        ("receipt_confirmed", "3,000.00 CNY 的回款已确认", "未收金额：5,000.00 CNY。"),
        ("receipt_reversed", "您登记的 3,000.00 CNY 回款单已被冲销", "原因：退票"),
    ]
    assert told(service, wang) == [
        ("receipt_rejected", "您登记的 3,000.00 CNY 回款单被驳回", "原因：未到账"),
        ("receipt_reversed", "您登记的 3,000.00 CNY 回款单已被冲销", "原因：退票"),
    ]
    assert told(service, fu) == []


def test_fin_20_owner_and_finance_hear_of_a_customer_beyond_its_limit(service: Alone, fu: Actor) -> None:
    li = somebody()
    beyond = CreditExceeded(
        receivable_id=uuid4(), customer_id=uuid4(), owner_id=li.id, credit_limit=D(50000),
        open_amount=D("50000.01"), currency="CNY",
    )  # fmt: skip
    hear(service, beyond)
    hear(service, beyond)
    expected = [("credit_exceeded", "客户欠款 50,000.01 CNY，超出授信额度 50,000.00 CNY", "")]
    assert told(service, li) == expected
    assert told(service, fu) == expected
