"""Receivables end to end: of approved orders, once; voided, reduced, written off; summed up (FIN-02, 03, 07, 20)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import system_context
from crm_common.protocol.customer.credit import CreditEvaluated, CreditGrade, CreditStatus
from crm_common.protocol.customer.holding import CustomerErased
from crm_common.protocol.customer.service import Holding
from crm_common.protocol.office.approvals_events import ApprovalApproved
from crm_common.protocol.sales.orders_events import OrderReturned, OrderVoided
from infra.postgres import SharedPostgres
from owing.books import FU, NOW, TODAY, Books, approved, books, seller
from serving.alone import employee
from serving.hearing import deliver, envelope, hear

D = Decimal
SALES = system_context("sales", correlation_id="test").actor
_WRITE_OFF = "UPDATE receivable SET write_off_asked_by = %s, write_off_reason = '破产' WHERE order_id = %s"


@pytest.fixture(scope="module")
def kept(postgres_server: SharedPostgres) -> Iterator[Books]:
    with books(postgres_server) as made:
        yield made


def about(order: Any, **more: Any) -> dict[str, Any]:
    names = ("order_id", "number", "customer_id", "owner_id")
    return {name: getattr(order, name) for name in names} | {"amount": D(0)} | more


def test_fin_02_an_approved_order_of_8000_is_one_open_receivable_however_often_it_is_told(kept: Books) -> None:
    li = seller()
    order = approved(li, "8000.00", "3000.00")
    arriving = envelope(order, "call")
    deliver(kept.service, [arriving])
    deliver(kept.service, [arriving])
    # told anew by a replay, under an id that the inbox does not know
    hear(kept.service, order)

    owed = kept.owed(order)
    shown = {name: owed[name] for name in ("title", "source", "state", "amount", "received", "open_amount", "due_on")}
    assert shown == {
        "title": order.number, "source": "ORDER", "state": "OPEN", "amount": "8000.00", "received": "0.00",
        "open_amount": "8000.00", "due_on": "2026-12-23",
    }  # fmt: skip
    assert [kind for kind, _ in kept.told(f"receivable/{owed['id']}")] == ["receivable.created"]
    [receipt] = kept.receipts(order)
    assert (receipt["state"], receipt["amount"], receipt["is_advance"], receipt["voucher_id"]) == (
        "PENDING", "3000.00", False, str(order.vouchers[0].document_id),
    )  # fmt: skip
    [(kind, data)] = kept.told(f"receipt/{receipt['id']}")
    assert (kind, data["amount"], data["open_amount"]) == ("receipt.created", "3000.00", "8000.00")


def test_the_same_voucher_of_two_orders_is_flagged_byd_12(kept: Books) -> None:
    li = seller()
    first = kept.sell(li, "100.00", "10.00")
    [alone] = kept.receipts(first)
    assert alone["is_voucher_repeated"] is False
    second = kept.sell(li, "100.00", vouchers=(replace(first.vouchers[0], document_id=uuid4()),))
    assert [each["is_voucher_repeated"] for order in (first, second) for each in kept.receipts(order)] == [True, True]


def test_vouchers_beyond_the_order_announce_advance_payments(kept: Books) -> None:
    order = kept.sell(seller(), "100.00", "60.00", "70.00")
    assert [(each["amount"], each["is_advance"]) for each in kept.receipts(order)] == [
        ("60.00", False), ("70.00", True),
    ]  # fmt: skip


def test_one_sees_receivables_in_one_s_scope_and_without_the_key_none(kept: Books) -> None:
    li, wang = (employee(uuid4().hex, "receivable.view") for _ in range(2))
    order = kept.sell(li)
    assert [each["order_id"] for each in kept.service.call(li, "receivables")["nodes"]] == [str(order.order_id)]
    assert kept.service.call(wang, "receivables")["nodes"] == []
    assert kept.service.refused(seller(), "receivables") == "FORBIDDEN"
    assert kept.service.refused(None, "receivables") == "UNAUTHENTICATED"


def test_sal_20_a_void_order_leaves_nothing_owed_and_nobody_looks_for_its_money(kept: Books) -> None:
    order = kept.sell(seller(), "8000.00", "3000.00")
    for _ in range(2):
        hear(kept.service, OrderVoided(**about(order), reason="客户取消"))
    owed = kept.owed(order)
    assert (owed["state"], owed["open_amount"], owed["closed_reason"]) == ("VOIDED", "0.00", "客户取消")
    [receipt] = kept.receipts(order)
    assert (receipt["state"], receipt["reason"]) == ("REJECTED", "客户取消")
    assert [kind for kind, _ in kept.told(f"receivable/{owed['id']}")] == ["receivable.created", "receivable.voided"]


def test_sal_20_what_came_back_is_not_owed(kept: Books) -> None:
    order = kept.sell(seller(), "8000.00")
    told = OrderReturned(**about(order, amount=D("5000.00")), lines=(), refund=D("3000.00"), reason="质量")
    for _ in range(2):
        hear(kept.service, told)
    owed = kept.owed(order)
    assert (owed["state"], owed["amount"], owed["open_amount"], owed["version"]) == ("OPEN", "5000.00", "5000.00", 2)


def test_written_off_by_its_approval_unless_money_came_meanwhile(kept: Books) -> None:
    li = seller()
    lost, paid = kept.sell(li, "500.00"), kept.sell(li, "500.00")
    for order in (lost, paid):
        with kept.service.store.transaction() as connection:
            connection.exec_driver_sql(_WRITE_OFF, (FU.id, order.order_id))
    kept.confirm(kept.enter(li, paid, "200.00"))
    for order in (lost, paid):
        given: dict[str, Any] = {"kind": "write_off", "record_type": "receivable", "record_id": kept.owed(order)["id"]}
        yes = ApprovalApproved(approval_id=uuid4(), initiator_id=FU.id, revision=1, snapshot_hash="", **given)
        hear(kept.service, yes)
        hear(kept.service, yes)
    assert [(kept.owed(each)["state"], kept.owed(each)["is_write_off_asked"]) for each in (lost, paid)] == [
        ("WRITTEN_OFF", False), ("PARTIAL", False),
    ]  # fmt: skip
    assert kept.told(f"receivable/{kept.owed(lost)['id']}")[-1][0] == "receivable.written_off"


def test_fin_21_an_order_approved_in_a_closed_month_is_refused_with_the_reason(kept: Books) -> None:
    order = approved(seller())
    kept.clock.moment = NOW + timedelta(days=40)
    try:
        kept.service.call(FU, "close_period", month="2027-01")
        hear(kept.service, order)
        asked = {"filter": {"order_id": {"eq": str(order.order_id)}}}
        assert kept.service.call(FU, "receivables", **asked)["nodes"] == []
        [(kind, data)] = kept.told(f"receivable/{order.order_id}")
        assert (kind, data["reason"]) == ("receivable.refused", "a_closed_period_is_not_changed")
        # opened again, sales approves anew
        assert kept.service.call(FU, "reopen_period", month="2027-01", reason="补录")["reopened"] is True
        hear(kept.service, order)
        assert kept.owed(order)["state"] == "OPEN"
    finally:
        kept.clock.moment = NOW


def test_contract_neighbours_ask_what_orders_and_customers_owe(kept: Books) -> None:
    li = seller()
    order = kept.sell(li, "8000.00")
    kept.confirm(kept.enter(li, order, "3000.00"))
    money = kept.service.call(SALES, "order_money", order_ids=[order.order_id, uuid4()])
    assert money == [
        {
            "order_id": str(order.order_id), "receivable": "8000.00", "confirmed": "3000.00", "refunded": "0.00",
            "open": "5000.00", "currency": "CNY",
        }
    ]  # fmt: skip
    owed = kept.service.call(SALES, "customer_money", customer_ids=[order.customer_id])
    assert owed == [{"customer_id": str(order.customer_id), "open": "5000.00", "overdue": "0.00", "currency": "CNY"}]
    assert kept.service.refused(FU, "order_money", order_ids=[order.order_id]) == "FORBIDDEN"


def test_fin_20_a_receivable_beyond_the_limit_is_told_once_and_within_it_is_not(kept: Books) -> None:
    li = seller()
    order = approved(li, "45000.00")
    given: dict[str, Any] = {"evaluation_id": uuid4(), "customer_id": order.customer_id, "owner_id": li.id}
    line: dict[str, Any] = {"grade": CreditGrade.B, "credit_limit": D(50000), "currency": "CNY"}
    until: dict[str, Any] = {"valid_until": NOW + timedelta(days=300)}
    hear(kept.service, CreditEvaluated(**given, status=CreditStatus.APPROVED, changes={}, **line, **until))
    hear(kept.service, order)
    kept.sell(li, "5000.00", customer_id=order.customer_id)
    before = kept.service.events().count("credit.exceeded")
    last = kept.sell(li, "0.01", customer_id=order.customer_id)
    assert kept.service.events().count("credit.exceeded") == before + 1
    [(_, data)] = kept.told(f"credit/{kept.owed(last)['id']}")
    assert (data["credit_limit"], data["open_amount"]) == ("50000.00", "50000.01")
    assert before == 0


def test_fin_07_the_buckets_sum_up_to_what_is_open(kept: Books) -> None:
    li = employee(uuid4().hex, "receivable.view", "receipt.create")
    days = {"10.00": 0, "20.00": 30, "40.00": 31, "80.00": 60, "160.00": 61, "320.00": 90, "640.00": 91}
    for amount, age in days.items():
        order = kept.sell(li, amount)
        with kept.service.store.transaction() as connection:
            arose = (TODAY - timedelta(days=age), order.order_id)
            connection.exec_driver_sql("UPDATE receivable SET arose_on = %s WHERE order_id = %s", arose)
    paid = kept.sell(li, "5.00")
    kept.confirm(kept.enter(li, paid, "5.00"))
    found = kept.service.call(li, "receivables_ageing")
    assert [(each["bucket"], each["count"], each["open_amount"]) for each in found] == [
        ("UP_TO_30", 2, "30.00"), ("UP_TO_60", 2, "120.00"), ("UP_TO_90", 2, "480.00"), ("OVER_90", 1, "640.00"),
    ]  # fmt: skip
    [total] = kept.service.call(li, "receivable_totals", by="OWNER")
    assert (total["key"], total["count"], total["amount"], total["received"], total["open_amount"]) == (
        str(li.id), 8, "1275.00", "5.00", "1270.00",
    )  # fmt: skip
    assert sum(D(each["open_amount"]) for each in found) == D(total["open_amount"])
    by_state = kept.service.call(li, "receivable_totals", by="STATE")
    assert [(each["key"], each["open_amount"]) for each in by_state] == [("OPEN", "1270.00"), ("SETTLED", "0.00")]
    months = kept.service.call(li, "receivable_totals", by="MONTH", from_day=date(2026, 11, 1))
    assert [(each["key"], each["count"]) for each in months] == [("2026-11", 2)]
    assert kept.service.refused(seller(), "receivables_ageing") == "FORBIDDEN"


def test_another_due_day_is_given_and_a_stale_version_is_a_conflict(kept: Books) -> None:
    owed = kept.owed(kept.sell(seller()))
    given = {"id": owed["id"], "due_on": date(2027, 1, 31)}
    after = kept.service.call(FU, "update_receivable", version=1, **given)["receivable"]
    assert (after["due_on"], after["version"]) == ("2027-01-31", 2)
    assert kept.service.refused(FU, "update_receivable", version=1, **given) == "CONFLICT"
    assert kept.service.refused(FU, "update_receivable", version=2, id=owed["id"], due_on=date(2026, 1, 1)) == (
        "VALIDATION"
    )
    assert kept.service.refused(FU, "void_receivable", id=owed["id"], version=2, reason="x") == "BAD_STATE"
    other = employee(uuid4().hex, "receivable.edit")
    assert kept.service.refused(other, "update_receivable", version=2, **given) == "NOT_FOUND"


def test_cus_26_what_was_written_of_an_erased_customer_is_forgotten_and_its_money_stays(kept: Books) -> None:
    li = seller()
    order = kept.sell(li, "100.00")
    made = kept.enter(li, order, "60.00", payer="张三", remark="老张付的")
    kept.confirm(made)
    gone = CustomerErased(
        customer_id=order.customer_id, name="已清除", owner_id=None, holding=Holding.ERASED, changes={}
    )  # fmt: skip
    hear(kept.service, gone)
    [receipt] = kept.receipts(order)
    assert (receipt["amount"], receipt["payer"], receipt["remark"]) == ("60.00", None, None)
    assert kept.owed(order)["open_amount"] == "40.00"
    journal = kept.service.store.rows("SELECT data::text FROM journal WHERE subject = %s", (f"receipt/{made['id']}",))
    assert not any("张" in row[0] for row in journal)
    keys = kept.service.store.rows("SELECT count(*) FROM journal_key WHERE person = %s", (order.customer_id,))
    assert keys == [(0,)]
