"""Targets (SAL-31): split down to people and products, with the gap and what was attained."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor, system_context
from crm_common.days import day_of
from earning.approved import approved, change_of, known, line
from sales.usecases import performance
from serving.alone import Alone

_years = count(2030)
DIRECTOR: dict[str, Any] = {"target": "ALL"}


@pytest.fixture
def year() -> int:
    """A year of which no other test has targets."""
    return next(_years)


@pytest.fixture(scope="module")
def director(service: Alone) -> Actor:
    return known(service, "director", "target.set", "target.view", target="ALL")


def target(service: Alone, who: Actor, amount: str, **given: Any) -> Any:
    return service.call(who, "create_target", amount=amount, **given)["target"]


def shown(service: Alone, who: Actor, target_id: str) -> Any:
    return service.call(who, "targets_by_ids", ids=[target_id])[0]


def test_sal_31_1200_split_in_3_of_300_leaves_a_gap_of_300(service: Alone, director: Actor, year: int) -> None:
    whole = target(service, director, "1200.00", period="YEAR", day=f"{year}-05-09")
    assert (whole["begins_on"], whole["ends_on"]) == (f"{year}-01-01", f"{year}-12-31")
    assert (whole["split"], whole["gap"]) == (None, None)
    for month in (1, 4, 7):
        made = target(service, director, "300.00", parent_id=whole["id"], period="QUARTER", day=f"{year}-{month:02}-15")
        assert made["begins_on"] == f"{year}-{month:02}-01"
    seen = shown(service, director, whole["id"])
    assert (seen["split"], seen["gap"]) == ("900.00", "300.00")

    target(service, director, "400.00", parent_id=whole["id"], period="QUARTER", day=f"{year}-12-31")
    assert shown(service, director, whole["id"])["gap"] == "-100.00"


def test_a_target_goes_down_to_department_person_and_product(service: Alone, director: Actor, year: int) -> None:
    li = known(service, "li-t", "performance.own")
    whole = target(service, director, "1000.00", period="MONTH", day=f"{year}-02-10")
    assert whole["ends_on"] in (f"{year}-02-28", f"{year}-02-29")
    of_department = target(service, director, "800.00", parent_id=whole["id"], department_id=UUID(int=7))
    assert of_department["department_name"] == "销售部"
    of_li = target(service, director, "500.00", parent_id=of_department["id"], employee_id=li.id)
    assert (of_li["employee_name"], of_li["department_id"]) == ("li-t", None)
    of_fund = target(service, director, "100.00", parent_id=of_li["id"], product_id=uuid4())
    assert (of_fund["employee_id"], of_fund["begins_on"]) == (str(li.id), f"{year}-02-01")
    assert service.events()[-1] == "target.changed"


def test_what_is_no_part_is_refused(service: Alone, director: Actor, year: int) -> None:
    li, wang = known(service, "li-np", "performance.own"), known(service, "wang-np", "performance.own")
    whole = target(service, director, "1200.00", period="QUARTER", day=f"{year}-01-01")
    of_li = target(service, director, "10.00", parent_id=whole["id"], employee_id=li.id)
    for wrong in (
        {"parent_id": whole["id"]},
        {"parent_id": whole["id"], "period": "YEAR"},
        {"parent_id": whole["id"], "period": "MONTH", "day": f"{year}-04-01"},
        {"parent_id": whole["id"], "period": "MONTH", "employee_id": str(wang.id)},
        {"parent_id": whole["id"], "period": "MONTH"},
        {"parent_id": of_li["id"], "employee_id": str(wang.id)},
        {"parent_id": of_li["id"], "department_id": str(UUID(int=7))},
        {"period": "YEAR", "day": f"{year}-01-01", "department_id": str(UUID(int=7)), "employee_id": str(li.id)},
        {"period": "YEAR"},
        {"day": f"{year}-01-01"},
        {"parent_id": whole["id"], "employee_id": str(wang.id), "amount": "-1"},
        {"parent_id": whole["id"], "employee_id": str(wang.id), "amount": "0.001"},
    ):
        assert service.refused(director, "create_target", **{"amount": "1.00"} | wrong) == "VALIDATION", wrong
    twice = {"parent_id": whole["id"], "employee_id": str(li.id), "amount": "1.00"}
    assert service.refused(director, "create_target", **twice) == "DUPLICATE"


def test_somebody_of_another_department_is_no_part_of_this_one(service: Alone, director: Actor, year: int) -> None:
    li = known(service, "li-other", "performance.own")
    of_department = target(service, director, "5.00", period="MONTH", day=f"{year}-01-01", department_id=UUID(int=8))
    wrong = {"parent_id": of_department["id"], "employee_id": str(li.id), "amount": "1.00"}
    assert service.refused(director, "create_target", **wrong) == "VALIDATION"


def test_targets_are_set_anew_and_deleted_from_below(service: Alone, director: Actor, year: int) -> None:
    whole = target(service, director, "1200.00", period="YEAR", day=f"{year}-01-01")
    part = target(service, director, "300.00", parent_id=whole["id"], period="MONTH", day=f"{year}-01-01")
    anew = service.call(director, "update_target", id=whole["id"], version=1, amount="300.00")["target"]
    assert (anew["amount"], anew["gap"], anew["version"]) == ("300.00", "0.00", 2)
    assert service.refused(director, "update_target", id=whole["id"], version=1, amount="1.00") == "CONFLICT"
    assert service.refused(director, "delete_target", id=whole["id"]) == "BAD_STATE"
    assert service.call(director, "delete_target", id=part["id"]) == {"deleted": True}
    assert service.call(director, "delete_target", id=whole["id"]) == {"deleted": True}
    assert shown(service, director, whole["id"]) is None


def test_what_was_attained_is_the_performance_of_the_period(service: Alone, director: Actor) -> None:
    li = known(service, "li-att", "performance.own")
    fund = uuid4()
    order = approved(li, "900.00", line("600.00", product_id=fund), line("300.00"))
    with change_of(service) as change:
        performance.note_order(change, order)
        today = day_of(change.settings, change.now)
    of_li = target(service, director, "1000.00", period="MONTH", day=today, employee_id=li.id)
    of_fund = target(service, director, "800.00", parent_id=of_li["id"], product_id=fund)
    assert (of_li["attained"], of_li["attainment"]) == ("900.00", "90.00")
    assert (of_fund["attained"], of_fund["attainment"]) == ("600.00", "75.00")

    with change_of(service) as change:
        back = (line("200.00", product_id=fund, quantity=Decimal("0.5")),)
        performance.take_order_back(change, order.order_id, refund=Decimal("200.00"), returned=back)
    assert shown(service, director, of_li["id"])["attained"] == "700.00"
    assert shown(service, director, of_fund["id"])["attained"] == "400.00"
    with change_of(service) as change:
        performance.take_order_back(change, order.order_id)
    assert shown(service, director, of_li["id"])["attained"] == "0.00"
    assert shown(service, director, of_fund["id"])["attained"] == "0.00"


def test_one_sets_and_sees_targets_of_whom_one_reaches(service: Alone, director: Actor, year: int) -> None:
    boss = known(service, "boss-t", "target.set", "target.view", target="TEAM")
    mine, other = known(service, "mine-t", under=boss), known(service, "other-t")
    month = {"period": "MONTH", "day": f"{year}-03-01"}
    company = target(service, director, "9.00", **month)
    of_other = target(service, director, "2.00", **month, employee_id=other.id)

    of_mine = target(service, boss, "1.00", **month, employee_id=mine.id)
    listed = service.call(boss, "targets", filter={"begins_on": {"eq": f"{year}-03-01"}})["nodes"]
    assert [each["id"] for each in listed] == [company["id"], of_mine["id"]]
    assert shown(service, boss, of_other["id"]) is None
    assert service.refused(boss, "update_target", id=of_other["id"], version=1, amount="3.00") == "NOT_FOUND"
    assert service.refused(boss, "update_target", id=company["id"], version=1, amount="3.00") == "FORBIDDEN"
    assert service.refused(boss, "create_target", amount="1.00", **month, employee_id=str(other.id)) == "FORBIDDEN"
    viewer = known(service, "viewer-t", "target.view")
    assert service.refused(viewer, "create_target", amount="1.00", **month) == "FORBIDDEN"
    assert service.refused(known(service, "guest-t"), "targets") == "FORBIDDEN"


def test_the_demo_company_has_targets_performance_and_journals_once(service: Alone, director: Actor) -> None:
    with service.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE target SET parent_id = NULL")
        connection.exec_driver_sql("DELETE FROM target")
    li, wang = known(service, "demo.li", "performance.own"), known(service, "demo.wang", "performance.own")
    system = system_context("embedded", correlation_id="test").actor
    loaded = [service.call(system, "load_demo_performance", employee_ids=[li.id, wang.id])["loaded"] for _ in range(2)]
    assert loaded == [2, 0]
    found = service.call(director, "targets", filter={"parent_id": {"is_null": True}})["nodes"]
    assert [(each["period"], each["amount"], each["gap"]) for each in found] == [("QUARTER", "1500000.00", "60000.00")]
    assert len(service.call(li, "performances")["nodes"]) == 2
    assert len(service.call(wang, "sales_logs")["nodes"]) == 2
