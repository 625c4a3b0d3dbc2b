"""What the bench measures is the same every time, and what it writes says so."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from uuid import UUID

from bench.company import Company
from bench.contenders import Contender
from bench.customers import customers
from bench.measuring import Measured
from bench.report import written
from bench.workloads import Workload

ROOT = UUID(int=1)


def digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]


def test_the_company_is_the_same_every_time() -> None:
    once, again = (Company(ROOT, employees=900).rows() for _ in range(2))
    assert [digest(each.rows) for each in once] == [digest(each.rows) for each in again]
    assert {each.table: len(each.rows) for each in once} == {
        "department": 200, "role": 12, "position": 800, "employee": 900, "position_role": 800, "employee_role": 928,
    }  # fmt: skip


def test_everybody_has_a_place_and_every_head_is_active() -> None:
    company = Company(ROOT, employees=900)
    places = {each.id: each.department_id for each in company.positions}
    assert all(places[each.position_id] == each.department_id for each in company.employees)
    active = {each.id for each in company.employees if each.active}
    assert set(company.heads.values()) <= active
    assert len(company.heads) == 200


def test_customers_are_the_same_every_time() -> None:
    owners = [UUID(int=number) for number in range(5)]
    once, again = (list(customers(owners, count=50)) for _ in range(2))
    assert once == again
    assert [len(each.follow_ups) for each in once] == [3] * 50
    assert all(earlier[3] < later[3] for each in once for earlier, later in pairwise(each.follow_ups))


def test_the_report_takes_ratios_by_round_and_goals_by_workload() -> None:
    direct = Contender("direct", "direct", 0, {})
    product = Contender("in-process", "the product in one process", 0, {})
    workload = Workload("Q1", "a page", "", lambda _number: {})
    results = {
        "Q1": {
            "direct": measured([100.0, 400.0, 200.0], [1.0, 1.0, 1.0], {"server": [1.0, 3.0, 1.0]}),
            "in-process": measured([50.0, 240.0, 140.0], [0.5, 0.6, 0.7], {"server": [1.5], "PostgreSQL": [1.0]}),
        }
    }
    text = written([workload], [direct, product], results, ["- a machine"])
    assert "| the product in one process | 0.60 (0.50 / 0.65) |" in text
    assert "| Q1 | direct | 200 | 2.0 | 9.0 | 1.00 | server 1.00 | 1.0 × | 1.5 |" in text
    assert "| 140 | 2.0 | 9.0 | 2.50 | server 1.50, PostgreSQL 1.00 | 2.5 × | 1.5 |" in text


def measured(rates: list[float], ratios: list[float], processor: dict[str, list[float]]) -> Measured:
    return Measured(rates, ratios, medians=[2.0], slow=[9.0], processor=processor, statements=1.5)
