"""Acceptance walk, steps 19 and 20: what follows from an approved order, until its money adds up; in both modes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from crm_common.ids import from_global, to_global
from filing.samples import png
from standing.systems import ADMIN, System
from walking.company import do, refuses, until
from walking.money import RECEIPT, Deals, adds_up, differences

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

RUN = "mutation($in: RunJobInput!) { runJob(input: $in) { run { outcome report } userErrors { code } } }"
SETTING = "mutation($in: ChangeSettingInput!) { changeSetting(input: $in) { userErrors { code } } }"
MESSAGES = "{ messages(first: 50) { nodes { kind about } } }"
TO_DO = "{ myApprovals(box: TO_DO, first: 100) { nodes { id kind version } } }"
VERSION = "query($id: ID!) { order(id: $id) { version } }"


@pytest.fixture(scope="module")
def deals(system: System) -> Iterator[Deals]:
    made = Deals(system)
    made.admin.ask(SETTING, **{"in": {"key": "sys.allow_time_travel", "value": "true"}})
    past = {"in": {"name": "finance.verify", "asOf": "2020-01-01T00:00:00Z", "dryRun": True}}
    until(lambda: "FORBIDDEN" not in str(made.admin.send(RUN, **past)), "time travel", 30)
    yield made
    made.admin.ask(SETTING, **{"in": {"key": "sys.allow_time_travel", "value": "false"}})


def job(deals: Deals, name: str, **more: Any) -> dict[str, Any]:
    run = deals.admin.ask(RUN, **{"in": {"name": name} | more})["run"]
    assert run["outcome"] == "DONE"
    return dict(run["report"])


def told(person: Any, about: str) -> list[str]:
    return sorted(each["kind"] for each in person.ask(MESSAGES)["nodes"] if each["about"] == about)


def test_walk_19_and_20_from_the_approval_to_the_last_cent(deals: Deals) -> None:
    job(deals, "office.finance_staff")
    order = deals.approved(120, "50000.00")
    [owed] = deals.owed(order)
    assert (owed["title"], owed["state"], Decimal(owed["amount"])) == (order["number"], "OPEN", Decimal(120000))
    [announced] = owed["receipts"]
    assert (announced["state"], Decimal(announced["amount"])) == ("PENDING", Decimal(50000))
    until(lambda: "receipts_waiting" in told(deals.f, announced["id"]), "finance's message")
    adds_up(deals.f)

    # step 20
    assert deals.confirm(announced)["state"] == "CONFIRMED"
    [owed] = deals.owed(order)
    assert (owed["state"], Decimal(owed["openAmount"])) == ("PARTIAL", Decimal(70000))
    until(lambda: "receipt_confirmed" in told(deals.s, announced["id"]), "the seller's message")
    version = deals.s.ask(VERSION, id=order["id"])["version"]
    do(deals.s, "markOrderDelivered", "order { state }", id=order["id"], version=version)
    assert deals.state(order) == "FULFILLED"
    voucher = deals.voucher("70000.00")["documentId"]
    given = {"orderId": order["id"], "amount": "70000.00", "receivedOn": "2026-11-21", "voucherId": voucher}
    entered = do(deals.s, "createReceipt", RECEIPT, **given)["receipt"]
    refusal = refuses(deals.s, "confirmReceipt", id=entered["id"], version=entered["version"])
    assert (refusal.code, refusal.en) == (
        "FORBIDDEN", "You do not have the right for this (receipt.confirm).",
    )  # fmt: skip
    deals.confirm(entered)
    again = refuses(deals.f, "confirmReceipt", id=entered["id"], version=2)
    assert (again.code, again.zh) == ("BAD_STATE", "该回款单已处理（CONFIRMED）。")
    [owed] = deals.owed(order)
    assert (owed["state"], Decimal(owed["openAmount"])) == ("SETTLED", Decimal(0))
    until(lambda: deals.state(order) == "COMPLETED", "the order's completion")
    adds_up(deals.f)

    # nobody is reminded of what is paid
    job(deals, "finance.collection", asOf=f"{owed['dueOn']}T09:00:00Z")
    assert told(deals.s, owed["id"]) == []


def test_byd_12_the_same_picture_twice_is_flagged_and_finance_sees_it_with_the_receipt(deals: Deals) -> None:
    picture = png(width=33, shade=7)
    [owed] = deals.owed(deals.approved(8, "100.00"))
    assert owed["receipts"][0]["isVoucherRepeated"] is False
    given = {"receivableId": owed["id"], "amount": "10.00", "receivedOn": "2026-11-21"}
    shown = "receipt { id version isVoucherRepeated voucherId }"
    first, second = (
        do(deals.s, "createReceipt", shown, **given, voucherId=deals.voucher("10.00", picture)["documentId"])["receipt"]
        for _ in range(2)
    )
    assert (first["isVoucherRepeated"], second["isVoucherRepeated"]) == (False, True)
    seen = "query($id: ID!) { document(id: $id) { id } }"
    assert deals.f.ask(seen, id=second["voucherId"]) == {"id": second["voucherId"]}
    stranger = refuses(deals.s, "createReceipt", **given, voucherId=to_global("Document", uuid4()))
    assert (stranger.code, stranger.field) == ("NOT_FOUND", "voucherId")


def test_fin_06_owner_and_finance_are_reminded_of_what_is_not_paid(deals: Deals) -> None:
    job(deals, "office.finance_staff")
    order = deals.approved(8, "100.00")
    [owed] = deals.owed(order)
    for _ in range(2):
        job(deals, "finance.collection", asOf=f"{owed['dueOn']}T09:00:00Z")
    for person in (deals.s, deals.f):
        until(lambda: told(person, owed["id"]) == ["receivable_due"], "the reminder")  # noqa: B023
    adds_up(deals.f)


def test_an_open_receivable_holds_its_customer_until_it_is_settled(deals: Deals) -> None:
    order = deals.approved(8, "8000.00")
    [owed] = deals.owed(order)
    held = "SELECT count(*) FROM hold WHERE reference = %s"
    reference = f"finance:receivable/{from_global(owed['id'])[1]}"
    until(lambda: deals.system.rows(held, reference, service="customer") == [(1,)], "the hold")
    deals.confirm(owed["receipts"][0])
    until(lambda: deals.system.rows(held, reference, service="customer") == [(0,)], "its end")
    adds_up(deals.f)


def test_fin_21_a_closed_month_sends_the_order_back_to_review(deals: Deals) -> None:
    order = deals.submitted(8, deals.voucher("100.00"))
    month = str(deals.system.rows("SELECT to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')")[0][0])
    for each in deals.f.ask("{ receipts(filter: {state: {eq: PENDING}}, first: 100) { nodes { id version } } }")[
        "nodes"
    ]:
        do(deals.f, "rejectReceipt", RECEIPT, id=each["id"], version=each["version"], reason="结账前清理")
    do(deals.f, "closePeriod", "closedPeriod { month }", month=month)
    try:
        given = {"id": order["id"], "version": order["version"], "decision": "APPROVE"}
        do(deals.o, "reviewOrder", "order { state }", **given)
        until(lambda: deals.state(order) == "PENDING_REVIEW", "the approval taken back")
        assert deals.owed(order) == []
        adds_up(deals.f)
    finally:
        do(deals.f, "reopenPeriod", "reopened", month=month, reason="更正")
    version = deals.s.ask(VERSION, id=order["id"])["version"]
    do(deals.o, "reviewOrder", "order { state }", id=order["id"], version=version, decision="APPROVE")
    until(lambda: len(deals.owed(order)) == 1, "the receivable")
    adds_up(deals.f)


def test_what_nobody_has_paid_is_written_off_by_its_approval(deals: Deals) -> None:
    [owed] = deals.owed(deals.approved(8, "100.00"))
    asked = {"id": owed["id"], "version": owed["version"], "reason": "客户破产"}
    assert refuses(deals.s, "writeOffReceivable", **asked).code == "FORBIDDEN"
    waiting = do(deals.f, "writeOffReceivable", "receivable { state isWriteOffAsked version }", **asked)["receivable"]
    assert (waiting["state"], waiting["isWriteOffAsked"]) == ("OPEN", True)
    twice = refuses(deals.f, "writeOffReceivable", **asked | {"version": waiting["version"]})
    assert (twice.code, twice.zh) == ("BAD_STATE", "该应收款的核销申请正在审批中。")

    def written_off() -> bool:
        for each in deals.admin.ask(TO_DO)["nodes"]:
            if each["kind"] == "write_off":
                given = {"id": each["id"], "version": each["version"], "verdict": "APPROVE"}
                do(deals.admin, "decideApproval", "approval { state }", **given)
        found = deals.f.ask("query($id: ID!) { receivable(id: $id) { state openAmount } }", id=owed["id"])
        return bool(found["state"] == "WRITTEN_OFF" and Decimal(found["openAmount"]) == 0)

    until(written_off, "the writing off")
    adds_up(deals.f)


BREAKS = {
    "RECEIVED_IS_WHAT_RECEIPTS_PAID": ("finance", "receivable", "received = received + 1"),
    "A_RECEIVABLE_IS_WHAT_ITS_ORDER_COMES_TO": ("finance", "receivable", "amount = amount + 1"),
    "A_RECEIVABLE_IS_OWED_BY_ITS_ORDERS_CUSTOMER": ("finance", "receivable", "customer_id = gen_random_uuid()"),
    "A_STATE_IS_WHAT_THE_FIGURES_SAY": ("finance", "receivable", "state = 'OPEN'"),
    "A_RECEIVABLE_IS_OF_AN_ORDER_THAT_EXISTS": ("finance", "receivable", "order_id = gen_random_uuid()"),
    "A_RECEIPT_IS_OF_ITS_RECEIVABLES_CUSTOMER": ("finance", "receipt", "customer_id = gen_random_uuid()"),
    "A_PLAN_IS_AT_MOST_WHAT_IS_OWED": ("finance", "receipt_plan", "amount = 8000.01"),
    "AN_ORDER_HAS_A_SIGNED_CONTRACT": ("finance", "contract", "state = 'DRAFT'"),
    "AN_ORDER_IS_COMPLETE_WHEN_IT_IS_PAID": ("sales", "sales_order", "state = 'COMPLETED'"),
    "ONLY_APPROVED_ORDERS_ARE_OWED": ("sales", "sales_order", "state = 'VOIDED'"),
    "PERFORMANCE_IS_WHAT_ITS_ORDER_COMES_TO": ("sales", "performance", "amount = amount - 0.01"),
}
"""For each rule a change of one row that breaks it."""
_WHICH = {
    "receivable": "order_id = %s", "receipt": "order_id = %s", "sales_order": "id = %s", "performance": "order_id = %s",
    "receipt_plan": "receivable_id = (SELECT id FROM receivable WHERE order_id = %s)",
    "contract": "id = (SELECT contract_id FROM receivable WHERE order_id = %s)",
}  # fmt: skip


@pytest.fixture(scope="module")
def partly_paid(deals: Deals) -> dict[str, Any]:
    order = deals.approved(8, "3000.00")
    [owed] = deals.owed(order)
    deals.confirm(owed["receipts"][0])
    [owed] = deals.owed(order)
    plan = [{"dueOn": "2027-01-31", "amount": "8000.00"}]
    do(
        deals.f, "setReceiptPlan", "receiptPlans { amount }", receivableId=owed["id"], version=owed["version"],
        instalments=plan,
    )  # fmt: skip
    adds_up(deals.f)
    return order


@pytest.mark.parametrize("rule", BREAKS)
def test_byd_12_what_is_broken_in_a_table_is_named_with_its_records(
    deals: Deals, partly_paid: dict[str, Any], rule: str
) -> None:
    service, table, change = BREAKS[rule]
    order = from_global(partly_paid["id"])[1]
    with psycopg.connect(deals.system.databases[service]) as connection:
        which = "ctid" if table == "performance" else "id"
        [(key, before)] = connection.execute(
            f"SELECT {which}::text, to_jsonb(t)::text FROM {table} t WHERE {_WHICH[table]} LIMIT 1", (order,)
        ).fetchall()
        connection.execute("SET session_replication_role = replica")
        identifier = connection.execute(
            f"UPDATE {table} SET {change} WHERE {which}::text = %s RETURNING id", (key,)
        ).fetchone()
        connection.commit()
        try:
            found = differences(deals.f)
        finally:
            columns = change.partition(" ")[0]
            connection.execute("SET session_replication_role = replica")
            connection.execute(
                f"UPDATE {table} t SET {columns} = r.{columns}"
                f" FROM jsonb_populate_record(NULL::{table}, %s::jsonb) r WHERE t.id = %s",
                (before, identifier[0] if identifier else None),
            )
            connection.commit()
    assert rule in {each["rule"] for each in found}
    numbers = {each["number"] for each in found}
    assert numbers == {partly_paid["number"]}
    adds_up(deals.f)


def crm(deals: Deals, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    told = {"PATH": os.environ["PATH"], "HOME": str(folder), "NO_PROXY": "*", "CRM_LANGUAGE": "en",
            "CRM_SESSION": str(folder / "session.json"), "CRM_PASSWORD": ADMIN, "COLUMNS": "250"}  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "crm_cli", *arguments],
        cwd=folder, env=told, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip


def test_byd_12_crm_finance_verify_ends_with_1_where_something_differs(
    deals: Deals, partly_paid: dict[str, Any], tmp_path: Path
) -> None:
    assert crm(deals, tmp_path, "login", deals.admin.url, "--name", "admin").returncode == 0
    well = crm(deals, tmp_path, "finance", "verify")
    assert (well.returncode, "all adds up" in well.stdout) == (0, True), well.stdout + well.stderr
    order = from_global(partly_paid["id"])[1]
    change = "UPDATE receivable SET received = received + %s WHERE order_id = %s"
    with psycopg.connect(deals.system.databases["finance"], autocommit=True) as connection:
        connection.execute(change, (1, order))
        try:
            broken = crm(deals, tmp_path, "finance", "verify", "--patience", "0")
            report = job(deals, "finance.verify")
        finally:
            connection.execute(change, (-1, order))
    assert broken.returncode == 1, broken.stdout + broken.stderr
    figures = "3000.00 CNY ≠ 3001.00 CNY"
    said = f"RECEIVED_IS_WHAT_RECEIPTS_PAID {partly_paid['number']}: {figures} (orderId {partly_paid['id']}"
    assert said in broken.stdout
    assert report["differences"] == 1
    assert report["found"][0]["rule"] == "RECEIVED_IS_WHAT_RECEIPTS_PAID"
    assert refuses_verify(deals) == ("FORBIDDEN", None)


def refuses_verify(deals: Deals) -> tuple[str, str | None]:
    return deals.s.refused("{ verifyMoney { orders } }")
