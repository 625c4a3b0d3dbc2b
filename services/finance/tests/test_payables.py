"""Payables, payments and their plans (FIN-08, 09): what is owed, paid in parts, overdue, and who is reminded."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from crm_common.errors import CrmError
from finance.domain.reminding import reminder
from serving.alone import Alone, employee
from spending.jobs import run
from spending.people import CASHIER, FU, approved, payable, spender

pytestmark = pytest.mark.infra

JOB = "finance.payable_reminders"
PAID = {"paid_on": "2026-11-03"}


def pay(service: Alone, record: dict[str, Any], amount: str, **more: Any) -> dict[str, Any]:
    """The payable after a payment."""
    given = {"payable_id": record["id"], "amount": amount} | PAID | more
    found: dict[str, Any] = service.call(CASHIER, "register_payment", **given)["payable"]
    return found


def now(service: Alone, record: dict[str, Any]) -> dict[str, Any]:
    [found] = service.call(FU, "payables_by_ids", ids=[record["id"]])
    return dict(found)


def reached(service: Alone, state: str) -> dict[str, Any]:
    """A payable of 1 000 in the state."""
    late = {"due_on": "2026-01-05"} if state == "OVERDUE" else {}
    record = payable(service, "1000.00", **late)
    if state in ("PARTIAL", "SETTLED"):
        record = pay(service, record, "1000.00" if state == "SETTLED" else "400.00")
    if state == "VOIDED":
        record = service.call(FU, "void_payable", id=record["id"], version=1, reason="重复录入")["payable"]
    if state == "OVERDUE":
        run(service, JOB, datetime(2026, 1, 6, tzinfo=UTC))
        record = now(service, record)
    assert record["state"] == state
    return record


def told(service: Alone, kind: str, record: dict[str, Any]) -> list[dict[str, Any]]:
    rows = service.store.rows(
        "SELECT data FROM journal WHERE type = %s AND data->>'payable_id' = %s ORDER BY txid, position",
        (kind, record["id"]),
    )
    return [row[0] for row in rows]


def test_fin_09_a_part_makes_it_partial_and_the_rest_settles_it(service: Alone) -> None:
    record = payable(service, "1000.00")
    assert (record["state"], Decimal(record["open_amount"])) == ("OPEN", Decimal(1000))
    part = pay(service, record, "400.00", method="CHEQUE", reference="C-7")
    assert (part["state"], Decimal(part["paid_amount"]), Decimal(part["open_amount"])) == (
        "PARTIAL", Decimal(400), Decimal(600),
    )  # fmt: skip
    asked = {"payable_id": record["id"], **PAID}
    assert service.refused(CASHIER, "register_payment", **asked, amount="600.01") == "VALIDATION"
    assert service.refused(CASHIER, "register_payment", **asked, amount="0.00") == "VALIDATION"
    assert service.refused(CASHIER, "register_payment", **asked | {"paid_on": "2999-01-01"}, amount="1") == "VALIDATION"
    assert pay(service, record, "600.00")["state"] == "SETTLED"
    assert [each["amount"] for each in told(service, "payment.registered", record)] == ["400.00", "600.00"]
    found = service.call(FU, "payments", filter={"payable_id": {"eq": record["id"]}}, order_by=[])["nodes"]
    assert {(Decimal(each["amount"]), each["method"], each["reference"]) for each in found} == {
        (Decimal(400), "CHEQUE", "C-7"), (Decimal(600), "BANK", None),
    }  # fmt: skip


@pytest.mark.parametrize("state", ["OPEN", "PARTIAL", "OVERDUE", "SETTLED", "VOIDED"])
@pytest.mark.parametrize("action", ["update", "pay", "plan", "void"])
def test_a_payable_allows_what_its_state_knows(service: Alone, state: str, action: str) -> None:
    record = reached(service, state)
    versioned = {"id": record["id"], "version": record["version"]}
    method, given, actor = {
        "update": ("update_payable", versioned | {"remark": "加急"}, FU),
        "pay": ("register_payment", {"payable_id": record["id"], "amount": "1.00"} | PAID, CASHIER),
        "plan": ("set_payment_plan", {"payable_id": record["id"], "version": record["version"], "instalments": []}, FU),
        "void": ("void_payable", versioned | {"reason": "录错"}, FU),
    }[action]
    legal = state in ("OPEN", "OVERDUE") or (state == "PARTIAL" and action != "void")
    if legal:
        service.call(actor, method, **given)
        return
    assert service.refused(actor, method, **given) == "BAD_STATE"
    assert now(service, record)["version"] == record["version"]


def test_of_payments_at_once_no_more_is_paid_than_owed(service: Alone) -> None:
    record = payable(service, "1000.00")

    def go(_: int) -> str:
        try:
            return str(pay(service, record, "300.00")["state"])
        except CrmError as refusal:
            return refusal.code.value

    with ThreadPoolExecutor(20) as crowd:
        answers = Counter(crowd.map(go, range(20)))
    assert (answers["VALIDATION"], sum(answers.values())) == (17, 20)
    assert Decimal(now(service, record)["paid_amount"]) == Decimal(900)


def test_a_payment_under_one_key_is_one_payment(service: Alone) -> None:
    record = payable(service)
    for _ in range(2):
        pay(service, record, "300.00", idempotency_key=f"pay {record['id']}")
    assert Decimal(now(service, record)["paid_amount"]) == Decimal(300)
    with pytest.raises(CrmError, match="CONFLICT"):
        pay(service, record, "301.00", idempotency_key=f"pay {record['id']}")


def test_fin_09_a_plan_adds_up_to_what_is_owed_at_most_and_payments_count_to_the_earliest(service: Alone) -> None:
    record = payable(service, "1000.00")
    instalments = [{"due_on": "2027-02-01", "amount": "600.00"}, {"due_on": "2027-01-01", "amount": "400.00"}]
    asked = {"payable_id": record["id"], "version": 1}
    over = [*instalments, {"due_on": "2027-03-01", "amount": "0.01"}]
    assert service.refused(FU, "set_payment_plan", **asked, instalments=over) == "VALIDATION"
    assert service.refused(FU, "set_payment_plan", **asked | {"version": 9}, instalments=instalments) == "CONFLICT"
    service.call(FU, "set_payment_plan", **asked, instalments=instalments)
    pay(service, record, "500.00")
    plan = service.call(FU, "payment_plans", filter={"payable_id": {"eq": record["id"]}})["nodes"]
    assert [(each["due_on"], Decimal(each["amount"]), Decimal(each["open_amount"])) for each in plan] == [
        ("2027-01-01", Decimal(400), Decimal(0)), ("2027-02-01", Decimal(600), Decimal(500)),
    ]  # fmt: skip
    [set_to] = told(service, "payment_plan.set", record)
    assert set_to["changes"]["instalments"] == [[], [["2027-01-01", "400.00"], ["2027-02-01", "600.00"]]]


def test_a_payable_of_a_claim_follows_its_claim(service: Alone) -> None:
    record = approved(service, spender("li"))
    [owed] = service.call(FU, "payables", filter={"claim_id": {"eq": record["id"]}})["nodes"]
    asked = {"id": owed["id"], "version": 1}
    assert service.refused(FU, "update_payable", **asked, amount="5.00") == "BAD_STATE"
    assert service.refused(FU, "void_payable", **asked, reason="x") == "BAD_STATE"
    assert service.refused(CASHIER, "register_payment", payable_id=owed["id"], amount="5.00", **PAID) == "BAD_STATE"
    assert service.refused(FU, "create_payable", kind="EXPENSE", title="x", payee="y", amount="1.00",
                           due_on="2026-12-01") == "BAD_STATE"  # fmt: skip


def test_what_was_paid_stays_owed_and_another_day_is_reminded_of_anew(service: Alone) -> None:
    record = pay(service, payable(service, "1000.00", due_on="2026-01-05"), "400.00")
    asked = {"id": record["id"], "version": record["version"]}
    assert service.refused(FU, "update_payable", **asked, amount="399.99") == "VALIDATION"
    assert service.refused(FU, "update_payable", **asked | {"version": 1}, amount="500.00") == "CONFLICT"
    run(service, JOB, datetime(2026, 1, 6, tzinfo=UTC))
    assert now(service, record)["state"] == "OVERDUE"
    moved = service.call(FU, "update_payable", id=record["id"], version=3, due_on="2027-02-05")["payable"]
    assert moved["state"] == "PARTIAL"
    run(service, JOB, datetime(2027, 2, 4, 17, tzinfo=UTC))
    assert [each["reminded_on"] for each in told(service, "payable.due", record)] == ["2026-01-05", "2027-02-05"]
    settled = service.call(FU, "update_payable", id=record["id"], version=4, amount="400.00")["payable"]
    assert (settled["state"], Decimal(settled["open_amount"])) == ("SETTLED", Decimal(0))


def test_fin_08_whoever_is_in_charge_is_reminded_before_on_the_day_and_weekly(service: Alone) -> None:
    record = payable(service, due_on="2026-03-10")
    # 17 o'clock UTC is one o'clock of the next day where the company works
    for day in range(60):
        run(service, JOB, datetime(2026, 3, 1, 17, tzinfo=UTC) + timedelta(days=day))
        run(service, JOB, datetime(2026, 3, 1, 17, tzinfo=UTC) + timedelta(days=day))
        if day == 20:
            pay(service, record, "1000.00")
    due = told(service, "payable.due", record)
    assert [each["reminded_on"] for each in due] == ["2026-03-07", "2026-03-10", "2026-03-17"]
    assert {each["owner_id"] for each in due} == {str(FU.id)}
    assert len(told(service, "payable.overdue", record)) == 1


@pytest.mark.parametrize(
    ("reminded", "today", "expected"),
    [
        (None, 6, None),
        (None, 7, 7),
        (7, 9, None),
        (7, 10, 10),
        (None, 16, 10),
        (10, 17, 17),
        (10, 30, 24),
        (24, 30, None),
        (24, 31, 31),
    ],
)
def test_on_which_days_somebody_is_reminded(reminded: int | None, today: int, expected: int | None) -> None:
    def day(number: int | None) -> date | None:
        return None if number is None else date(2026, 3, number)

    assert reminder(date(2026, 3, 10), day(reminded), date(2026, 3, today), 3) == day(expected)


def test_payables_are_seen_by_data_scope_and_changed_by_key(service: Alone) -> None:
    record = payable(service)
    reader = employee("reader", "payable.view", payable="SELF")
    editor = employee("editor", "payable.edit", payable="SELF")
    teller = employee("teller", "payment.register", payable="SELF")
    for each in (reader, editor, teller):
        assert service.call(each, "payables_by_ids", ids=[record["id"]]) == [None]
    given = {"title": "x", "payee": "y", "amount": "1.00", "due_on": "2026-12-01"}
    paid = {"payable_id": record["id"], "amount": "1.00"} | PAID
    assert service.refused(reader, "create_payable", **given) == "FORBIDDEN"
    assert service.refused(FU, "register_payment", **paid) == "FORBIDDEN"
    assert service.refused(teller, "register_payment", **paid) == "NOT_FOUND"
    assert service.refused(editor, "void_payable", id=record["id"], version=1, reason="x") == "NOT_FOUND"
    assert service.refused(editor, "create_payable", **given, owner_id=str(uuid4())) == "NOT_FOUND"
    assert service.call(editor, "create_payable", **given)["payable"]["owner_id"] == str(editor.id)
    for query in ("payables", "payments", "payment_plans"):
        assert service.refused(spender("li"), query) == "FORBIDDEN"
        assert service.refused(None, query) == "UNAUTHENTICATED"


def test_what_is_planned_and_paid_goes_with_the_payable(service: Alone) -> None:
    record = payable(service, "100.00")
    service.call(FU, "set_payment_plan", payable_id=record["id"], version=1,
                 instalments=[{"due_on": "2027-01-01", "amount": "100.00"}])  # fmt: skip
    pay(service, record, "10.00")
    heir = employee("heir", "payable.view", payable="SELF")
    service.call(FU, "update_payable", id=record["id"], version=2, owner_id=str(heir.id))
    for query in ("payables", "payments", "payment_plans"):
        assert len(service.call(heir, query)["nodes"]) == 1
