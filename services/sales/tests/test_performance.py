"""Performance (SAL-32, 33, 34): made by orders exactly once, added by hand, audited, summed."""

from __future__ import annotations

import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from crm_common.changes import repeating
from crm_common.context import system_context
from crm_common.errors import CommonRules, CrmError
from crm_common.exchange import open_table
from crm_common.objects.opening import open_files
from crm_common.objects.port import copy_to
from crm_common.protocol.finance.performance_audits import PerformanceAudited
from crm_common.protocol.sales.orders_events import OrderApproved
from earning import ENVIRONMENT
from earning.approved import approved, change_of, known
from ledger.waiting import until
from sales.usecases import performance
from serving.alone import Alone
from serving.hearing import hear

OCTOBER, NOVEMBER = datetime(2026, 10, 31, 15, 59, tzinfo=UTC), datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
"""The last minute of October and the first of November, as the company's calendar has them."""
PERIOD = {"from_day": "2026-10-01", "to_day": "2026-11-30"}
OWN = "performance.own"


def approve(service: Alone, order: OrderApproved, at: datetime = NOVEMBER) -> None:
    with change_of(service, now=at) as change:
        performance.note_order(change, order)


def days(service: Alone, who: Any, **narrowed: Any) -> list[tuple[str, str, int]]:
    found = service.call(who, "performance_by_day", **PERIOD | narrowed)
    return [(each["day"], each["amount"], each["records"]) for each in found]


def add(service: Alone, who: Any, amount: str, day: str = "2026-11-01") -> Any:
    return service.call(who, "add_performance", day=day, amount=amount, title="老客户转介绍")["performance"]


def test_sal_32_an_approved_order_of_8000_is_a_record_and_the_sum_of_its_day(service: Alone) -> None:
    li = known(service, "li8", OWN)
    order = approved(li, "8000.00")
    approve(service, order, OCTOBER)

    [made] = service.call(li, "performances")["nodes"]
    assert (made["amount"], made["day"], made["source"], made["title"]) == ("8000.00", "2026-10-31", "ORDER", "SO-1")
    assert made["order_id"] == str(order.order_id)
    assert days(service, li) == [("2026-10-31", "8000.00", 1)]
    assert service.events()[-1] == "performance.created"


def test_an_order_counts_once_whoever_approves_it_again(service: Alone) -> None:
    li = known(service, "li-once", OWN)
    order = approved(li, "8000.00")

    def again(_turn: int) -> None:
        repeating(lambda: approve(service, order))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(again, range(8)))

    assert days(service, li) == [("2026-11-01", "8000.00", 1)]
    assert len(service.call(li, "performances")["nodes"]) == 1


def test_what_a_transaction_does_not_commit_is_no_performance(service: Alone) -> None:
    li = known(service, "li-rolled-back", OWN)
    before = service.events()

    def refused_after_all() -> None:
        with change_of(service) as change:
            performance.note_order(change, approved(li, "1.00"))
            raise CommonRules.the_record_was_changed_meanwhile(field="version", current=2)

    with pytest.raises(CrmError):
        refused_after_all()
    assert (days(service, li), service.events()) == ([], before)


def test_sal_20_a_void_takes_the_performance_back_on_its_own_day(service: Alone) -> None:
    li = known(service, "li-void", OWN)
    order = approved(li, "8000.00")
    approve(service, order, OCTOBER)
    for _ in range(2):
        with change_of(service, now=NOVEMBER) as change:
            performance.take_order_back(change, order.order_id)

    assert days(service, li) == [("2026-10-31", "8000.00", 1), ("2026-11-01", "-8000.00", 1)]
    [person] = service.call(li, "performance_by_person", **PERIOD)
    assert (person["amount"], person["employee_name"]) == ("0.00", "li-void")
    assert service.events()[-2:] == ["performance.created", "performance.reversed"]

    approve(service, order, NOVEMBER)
    assert service.call(li, "performance_by_person", **PERIOD)[0]["amount"] == "8000.00"


def test_sal_20_a_return_takes_part_of_it_back_and_never_more_than_stands(service: Alone) -> None:
    li = known(service, "li-return", OWN)
    order = approved(li, "8000.00")
    approve(service, order)
    for refund in ("3000.00", "6000.00", "1.00"):
        with change_of(service, now=NOVEMBER) as change:
            performance.take_order_back(change, order.order_id, refund=Decimal(refund))

    records = service.call(li, "performances", order_by=[{"field": "amount"}])["nodes"]
    assert [each["amount"] for each in records] == ["-5000.00", "-3000.00", "8000.00"]
    assert [each["reversed"] for each in records] == ["0.00", "0.00", "8000.00"]
    assert days(service, li) == [("2026-11-01", "0.00", 3)]


def test_sal_32_what_one_adds_one_deletes_until_it_is_audited(service: Alone) -> None:
    li = known(service, "li-own", OWN)
    first, second = add(service, li, "100.50"), add(service, li, "200.00")
    assert days(service, li) == [("2026-11-01", "300.50", 2)]

    assert service.call(li, "delete_performance", id=first["id"]) == {"deleted": True}
    assert days(service, li) == [("2026-11-01", "200.00", 1)]
    assert service.refused(li, "delete_performance", id=first["id"]) == "NOT_FOUND"

    audited: dict[str, Any] = {"employee_id": li.id, "from_day": date(2026, 11, 1), "to_day": date(2026, 11, 30)}
    told = audited | {"difference": Decimal("0.00"), "performance_ids": (UUID(second["id"]),)}
    hear(service, PerformanceAudited(**told | {"consistent": False, "difference": Decimal("1.00")}))
    assert "performance.locked" not in service.events()
    hear(service, PerformanceAudited(**told, consistent=True))
    hear(service, PerformanceAudited(**told, consistent=True))
    assert service.events()[-1] == "performance.locked"
    assert service.events().count("performance.locked") == 1
    assert service.refused(li, "delete_performance", id=second["id"]) == "BAD_STATE"
    assert days(service, li) == [("2026-11-01", "200.00", 1)]


def test_what_an_order_made_is_not_deleted_by_hand(service: Alone) -> None:
    li = known(service, "li-order", OWN)
    approve(service, approved(li, "10.00"))
    [made] = service.call(li, "performances")["nodes"]
    assert service.refused(li, "delete_performance", id=made["id"]) == "BAD_STATE"


def test_what_is_wrong_with_a_record_is_said(service: Alone) -> None:
    li = known(service, "li-wrong", OWN)
    right = {"day": "2026-11-01", "amount": "1.00", "title": "x"}
    for wrong in ({"amount": "0"}, {"amount": "-1"}, {"amount": "1.005"}, {"title": " "}, {"day": "2999-01-01"}):
        assert service.refused(li, "add_performance", **right | wrong) == "VALIDATION"
    assert service.refused(li, "performance_by_day", from_day="2026-11-02", to_day="2026-11-01") == "VALIDATION"
    assert service.refused(li, "performance_by_day", from_day="2025-11-01", to_day="2026-11-02") == "VALIDATION"
    assert days(service, li) == []


def test_sal_33_the_sum_by_person_is_the_sum_by_day_and_by_month(service: Alone) -> None:
    boss = known(service, "boss33", OWN, "performance.view_team", performance="TEAM")
    li, wang = (known(service, name, OWN, under=boss) for name in ("li33", "wang33"))
    other = known(service, "other33", OWN)
    approve(service, approved(li, "8000.00"), OCTOBER)
    approve(service, approved(li, "20.10"), NOVEMBER)
    approve(service, approved(wang, "9000.00"), NOVEMBER)
    approve(service, approved(other, "5.00"), NOVEMBER)
    add(service, wang, "0.90")
    add(service, boss, "7.00")

    people = service.call(boss, "performance_by_person", **PERIOD)
    assert [(each["employee_name"], each["amount"]) for each in people] == [
        ("wang33", "9000.90"),
        ("li33", "8020.10"),
        ("boss33", "7.00"),
    ]
    total = sum(Decimal(each["amount"]) for each in people)
    assert total == sum(Decimal(amount) for _, amount, _ in days(service, boss)) == Decimal("17028.00")
    months = service.call(boss, "performance_by_month", **PERIOD)
    assert [(each["month"], each["amount"]) for each in months] == [
        ("2026-10-01", "8000.00"),
        ("2026-11-01", "9028.00"),
    ]
    assert days(service, boss, employee_id=str(li.id)) == [("2026-10-31", "8000.00", 1), ("2026-11-01", "20.10", 1)]
    listed = service.call(boss, "performance_months", filter={"month": {"eq": "2026-11-01"}})["nodes"]
    assert [(each["employee_name"], each["amount"]) for each in listed] == [
        ("wang33", "9000.90"),
        ("li33", "20.10"),
        ("boss33", "7.00"),
    ]
    assert days(service, li) == [("2026-10-31", "8000.00", 1), ("2026-11-01", "20.10", 1)]


def test_a_superior_deletes_with_a_right_of_its_own_only_what_he_reaches(service: Alone) -> None:
    boss = known(service, "boss-d", OWN, "performance.view_team", "performance.delete_team", performance="TEAM")
    looker = known(service, "looker-d", OWN, "performance.view_team", performance="ALL")
    li, other = known(service, "li-d", OWN, under=boss), known(service, "other-d", OWN)
    mine, others = add(service, li, "1.00"), add(service, other, "2.00")

    assert service.refused(looker, "delete_performance", id=mine["id"]) == "NOT_FOUND"
    assert service.refused(boss, "delete_performance", id=others["id"]) == "NOT_FOUND"
    assert service.call(boss, "delete_performance", id=mine["id"]) == {"deleted": True}


def test_a_wide_scope_without_the_right_to_others_shows_one_s_own_only(service: Alone) -> None:
    wide = known(service, "wide", OWN, performance="ALL")
    add(service, known(service, "somebody", OWN), "3.00")
    mine = add(service, wide, "4.00")
    assert [each["id"] for each in service.call(wide, "performances")["nodes"]] == [mine["id"]]
    assert days(service, wide) == [("2026-11-01", "4.00", 1)]


def test_sal_34_the_month_of_all_needs_its_own_right(service: Alone) -> None:
    boss = known(service, "boss34", OWN, "performance.view_team", performance="ALL")
    assert service.refused(boss, "monthly_performance") == "FORBIDDEN"

    reader, li = known(service, "reader34", "performance.month_view"), known(service, "li34", OWN)
    add(service, li, "12.00", day="2026-09-01")
    seen = service.call(reader, "monthly_performance", day="2026-09-30")
    assert seen == {"month": "2026-09-01", "currency": "CNY", "amount": "12.00", "own": None}
    both = known(service, "both34", "performance.month_view", OWN)
    add(service, both, "5.00", day="2026-09-02")
    assert service.call(both, "monthly_performance", day="2026-09-30") == {
        "month": "2026-09-01",
        "currency": "CNY",
        "amount": "17.00",
        "own": "5.00",
    }


def test_sums_are_of_one_currency(service: Alone) -> None:
    li = known(service, "li-usd", OWN)
    add(service, li, "1.00")
    service.call(li, "add_performance", day="2026-11-01", amount="2.00", currency="USD", title="出口")
    assert days(service, li) == [("2026-11-01", "1.00", 1)]
    assert days(service, li, currency="USD") == [("2026-11-01", "2.00", 1)]


def test_the_days_say_what_the_records_say(service: Alone) -> None:
    """Whatever the other tests did, in whatever order."""
    by_day = (
        "SELECT employee_id, day, currency, amount, records FROM performance_day WHERE records > 0 ORDER BY 1, 2, 3"
    )
    by_record = """SELECT employee_id, day, currency, sum(amount), count(*)::integer FROM performance
        WHERE deleted_at IS NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
    li = known(service, "li-sum", OWN)
    gone = add(service, li, "1.00")
    add(service, li, "2.00")
    service.call(li, "delete_performance", id=gone["id"])
    assert service.store.rows(by_day) == service.store.rows(by_record)


def test_finance_reads_records_of_a_period_in_pages(service: Alone) -> None:
    li = known(service, "li-ledger", OWN)
    made = sorted(add(service, li, f"{n}.00", day="2026-08-08")["id"] for n in range(1, 4))
    asked = {"from_day": "2026-08-08", "to_day": "2026-08-08", "employee_id": str(li.id)}
    system = system_context("finance", correlation_id="test").actor
    first = service.call(system, "performance_ledger", **asked, first=2)
    rest = service.call(system, "performance_ledger", **asked, after=first[-1]["performance_id"])
    assert [each["performance_id"] for each in first + rest] == made
    assert (first[0]["locked"], first[0]["order_id"]) == (False, None)
    assert service.refused(li, "performance_ledger", **asked) == "FORBIDDEN"


def test_without_a_key_nothing_is_open(service: Alone) -> None:
    guest = known(service, "guest")
    for method in ("performances", "performance_days", "performance_months"):
        assert service.refused(guest, method) == "FORBIDDEN"
        assert service.refused(None, method) == "UNAUTHENTICATED"
    for method in ("performance_by_day", "performance_by_month", "performance_by_person"):
        assert service.refused(guest, method, **PERIOD) == "FORBIDDEN"
    right = {"day": "2026-11-01", "amount": "1.00", "title": "x"}
    assert service.refused(guest, "add_performance", **right) == "FORBIDDEN"


def exported(service: Alone, who: Any, kind: str, folder: Path, **asked: Any) -> tuple[list[list[Any]], str | None]:
    """The rows of an export, and its chart."""
    job = service.call(who, "start_sales_export", kind=kind, **asked)["job"]

    def done() -> Any:
        [found] = service.call(who, "sales_exports_by_ids", ids=[job["id"]])
        return found if found["state"] != "RUNNING" else None

    assert until(done, "the export ends", 60)["state"] == "DONE"
    link = service.call(who, "sales_export_file", id=job["id"])
    files = open_files(ENVIRONMENT.process)
    assert files is not None
    grant = files.signer.read(link["url"])
    assert grant is not None
    copy_to(files, grant.key, folder / "taken.xlsx")
    with zipfile.ZipFile(folder / "taken.xlsx") as archive, open_table(folder / "taken.xlsx", "taken.xlsx") as table:
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()
        charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/")]
        return [list(table.header), *(row.cells for row in table.rows())], charts[0] if charts else None


def test_iox_02_sums_leave_in_a_workbook_with_a_bar_chart(service: Alone, tmp_path: Path) -> None:
    boss = known(service, "=boss-x", OWN, "performance.view_team", performance="TEAM")
    li, other = known(service, "li-x", OWN, under=boss), known(service, "other-x", OWN)
    approve(service, approved(li, "8000.00"), OCTOBER)
    approve(service, approved(li, "20.10"), NOVEMBER)
    approve(service, approved(other, "5.00"), NOVEMBER)
    add(service, boss, "7.00")

    rows, chart = exported(service, boss, "PERFORMANCE_MONTH", tmp_path, order=["-month", "amount"])
    assert rows[0] == ["月份", "销售人员", "业绩金额", "币种", "笔数", "回款金额"]
    assert [[str(cell) for cell in row[1:3]] for row in rows[1:]] == [
        ["=boss-x", "7"],
        ["li-x", "20.1"],
        ["li-x", "8000"],
    ]
    assert chart is not None
    assert "<c:barChart>" in chart
    assert chart.count("<c:v>8000.0</c:v>") == 1

    guest = known(service, "guest-x", "customer.view")
    assert service.refused(guest, "start_sales_export", kind="PERFORMANCE") == "FORBIDDEN"


def test_iox_02_records_leave_as_their_viewer_sees_them(service: Alone, tmp_path: Path) -> None:
    li = known(service, "li-records", OWN)
    service.call(li, "add_performance", day="2026-11-01", amount="1.00", title="=1+1")
    rows, chart = exported(service, li, "PERFORMANCE", tmp_path, columns=["title", "amount", "source"])
    assert rows[1:] == [["=1+1", rows[1][1], "手工录入"]]
    assert chart is None
