"""What approved orders leave behind, in both modes: stage, purchases, performance (walk 19); sums and exports (25)."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from crm_common.exchange import open_table
from standing.person import Person
from standing.systems import System
from walking.company import do, refuses, until
from walking.money import Deals

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

CUSTOMER = """query($id: ID!) { customer(id: $id) { stage stageHistory { before after changedAt }
    purchases { productName quantity amount boughtAt orderId } purchasedProducts { productName times amount } } }"""
RECORDS = "{ performances(first: 50) { nodes { id amount source title orderId day } } }"
SUMS = """query($from: Date!, $to: Date!, $of: ID) {
    performanceByDay(fromDay: $from, toDay: $to, employeeId: $of) { day amount records }
    performanceByMonth(fromDay: $from, toDay: $to, employeeId: $of) { month amount }
    performanceByPerson(fromDay: $from, toDay: $to, employeeId: $of) { employeeName amount records received } }"""
RANKING = """query($from: Date!, $to: Date!) {
    salesRanking(fromDay: $from, toDay: $to, by: RECEIPTS) { place employeeName amount received } }"""
EXPORT = "query($id: ID!) { salesExport(id: $id) { state rows } }"
FILE = "query($id: ID!) { salesExportFile(id: $id) { url name } }"


class Walk(Deals):
    """The same people, and M, who is the head of their department."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        asked = "query($id: ID!) { employee(id: $id) { department { id } } }"
        self.place = self.admin.ask(asked, id=self.ids["s"])["department"]["id"]
        desk = self.position("主管", self.place)
        self.ids["m"] = self.employee(f"mm.{self.tag}", desk, self.preset("SALES_MANAGER"))
        self.m = self.first_login(f"mm.{self.tag}")
        version = self.version("department", self.place)
        do(self.admin, "setDepartmentHead", id=self.place, version=version, headId=self.ids["m"])
        known = "SELECT count(*) FROM employee_ref WHERE name LIKE %s AND cardinality(line) > 0"
        for service in ("sales", "customer", "office"):
            until(
                lambda: system.rows(known, f"m_.{self.tag}", service=service) == [(3,)],  # noqa: B023
                f"the copies of the head in {service}",
            )


@pytest.fixture(scope="module")
def walk(system: System) -> Walk:
    return Walk(system)


def sums(person: Person, **of: Any) -> dict[str, Any]:
    """Of the two years in which the tests may run."""
    return dict(person.ask(SUMS, **{"from": "2026-06-01", "to": "2027-05-31", **of}))


def table(person: Person, kind: str, folder: Path, **asked: Any) -> tuple[list[list[Any]], list[str]]:
    """The rows of an export, and what else is in the workbook."""
    job = do(person, "startSalesExport", "job { id }", kind=kind, **asked)["job"]["id"]
    until(lambda: person.ask(EXPORT, id=job)["state"] == "DONE", "the export")
    link = person.ask(FILE, id=job)
    url = link["url"] if link["url"].startswith("http") else person.url + link["url"]
    (folder / "taken.xlsx").write_bytes(httpx.get(url, trust_env=False).raise_for_status().content)
    with zipfile.ZipFile(folder / "taken.xlsx") as archive, open_table(folder / "taken.xlsx", "taken.xlsx") as read:
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()
        return [list(read.header), *(row.cells for row in read.rows())], archive.namelist()


def test_walk_19_an_approved_order_makes_dealt_purchases_and_performance(walk: Walk) -> None:
    about = {"customerId": walk.customer()}
    order = walk.submitted(120, walk.voucher("50000.00"), **about)
    given = {"id": order["id"], "version": order["version"], "decision": "APPROVE"}
    do(walk.o, "reviewOrder", "order { state }", **given)

    [record] = [each for each in walk.s.ask(RECORDS)["nodes"] if each["orderId"] == order["id"]]
    assert [record["source"], record["title"]] == ["ORDER", order["number"]]
    assert Decimal(record["amount"]) == Decimal(120000)
    found = until(lambda: bought(walk.s, about["customerId"]), "the purchase")
    [purchase] = found["purchases"]
    assert [purchase["productName"], purchase["orderId"]] == ["稳健投资基金", order["id"]]
    assert [Decimal(purchase[key]) for key in ("quantity", "amount")] == [Decimal(120), Decimal(120000)]
    assert found["stage"] == "DEALT"
    assert [(each["before"], each["after"]) for each in found["stageHistory"]] == [("POTENTIAL", "DEALT")]
    refusal = refuses(walk.s, "deletePerformance", id=record["id"])
    assert (refusal.code, refusal.zh) == ("BAD_STATE", "该业绩由订单生成，只能随订单作废或退货冲回。")


def bought(person: Person, customer: str) -> dict[str, Any] | None:
    found = person.ask(CUSTOMER, id=customer)
    return dict(found) if found["purchases"] and found["stage"] == "DEALT" else None


def test_walk_25_sums_equal_lists_and_leave_in_a_workbook(walk: Walk, tmp_path: Path) -> None:
    order = walk.approved(3, "1000.00")
    [owed] = walk.owed(order)
    walk.confirm(owed["receipts"][0])
    do(walk.s, "addPerformance", "performance { id }", day="2026-11-01", amount="88.50", title="=老客户转介绍")
    do(walk.m, "addPerformance", "performance { id }", day="2026-11-01", amount="11.50", title="团队")

    seen = sums(walk.m)
    people = {each["employeeName"]: Decimal(each["amount"]) for each in seen["performanceByPerson"]}
    listed = [Decimal(each["amount"]) for each in walk.m.ask(RECORDS)["nodes"]]
    assert set(people) == {f"ms.{walk.tag}", f"mm.{walk.tag}"}
    for each in ("performanceByDay", "performanceByMonth"):
        assert sum(Decimal(row["amount"]) for row in seen[each]) == sum(people.values()) == sum(listed)
    mine = sums(walk.s, of=walk.ids["s"])
    assert [Decimal(each["amount"]) for each in mine["performanceByPerson"]] == [people[f"ms.{walk.tag}"]]

    ranked = {"from": "2026-06-01", "to": "2027-05-31"}
    until(lambda: Decimal(walk.m.ask(RANKING, **ranked)[0]["received"]) > 0, "the receipt in the ranking")
    best = walk.m.ask(RANKING, **ranked)[0]
    assert [best["place"], best["employeeName"]] == [1, f"ms.{walk.tag}"]
    assert Decimal(best["received"]) == Decimal(1000)

    rows, parts = table(walk.m, "PERFORMANCE_MONTH", tmp_path)
    assert rows[0][:3] == ["Month", "Salesperson", "Performance"]
    assert sum(Decimal(str(row[2])) for row in rows[1:]) == sum(people.values())
    assert any(name.startswith("xl/charts/") for name in parts)
    rows, _ = table(walk.s, "PERFORMANCE", tmp_path, order=["amount"], columns=["title", "amount"])
    assert [str(cell) for cell in rows[1]] == ["=老客户转介绍", "88.5"]
    assert refuses(walk.o, "startSalesExport", kind="PERFORMANCE").code == "FORBIDDEN"


def test_sal_31_and_35_targets_journals_and_what_superiors_may(walk: Walk) -> None:
    year = 2027 + uuid4().int % 4000
    given = {"period": "QUARTER", "day": f"{year}-01-01", "employeeId": walk.ids["s"], "amount": "1200.00"}
    fields = "target { id version amount split gap attained parts { amount beginsOn } }"
    whole = do(walk.m, "createTarget", fields, **given)["target"]
    for month in (1, 2, 3):
        part = {"parentId": whole["id"], "period": "MONTH", "day": f"{year}-0{month}-01", "amount": "300.00"}
        do(walk.m, "createTarget", fields, **part)
    seen = walk.m.ask(f"query($id: ID!) {{ {fields.replace('target', 'target(id: $id)', 1)} }}", id=whole["id"])
    assert [Decimal(seen[key]) for key in ("split", "gap")] == [Decimal(900), Decimal(300)]
    assert len(seen["parts"]) == 3
    assert refuses(walk.s, "createTarget", **given).code == "FORBIDDEN"

    log = do(walk.s, "createSalesLog", "salesLog { id version }", day="2026-11-02", body="拜访恒泰贸易")["salesLog"]
    read = walk.m.ask("{ salesLogs(first: 10) { nodes { id body } } }")["nodes"]
    assert [each["body"] for each in read if each["id"] == log["id"]] == ["拜访恒泰贸易"]
    refusal = refuses(walk.m, "updateSalesLog", id=log["id"], version=1, body="改写")
    assert (refusal.code, refusal.zh) == ("FORBIDDEN", "只有本人可以修改销售日志。")


def test_sal_34_the_month_of_all_needs_its_right(walk: Walk) -> None:
    asked = "{ monthlyPerformance { month amount own } }"
    answer = walk.m.send(asked)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert Decimal(walk.admin.ask(asked)["amount"]) >= 0
