"""What people hear of contracts: their ends, their plans, what finance says of them (CON-07, 09; FIN-12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from agreeing.company import Company
from founded.house import NOW
from ledger.waiting import until

pytestmark = pytest.mark.timeout(120)

TODAY = NOW.date()


def titles(firm: Company, name: str, contract: dict[str, Any]) -> list[str]:
    """What somebody was told of a contract, in order."""
    found = firm.call(name, "messages", service="office", first=100)["nodes"]
    return [each["title"] for each in reversed(found) if contract["number"] in each["title"]]


def told(firm: Company, name: str, contract: dict[str, Any], count: int) -> list[str]:
    """The same, once they are so many."""
    until(lambda: len(titles(firm, name, contract)) >= count, f"{count} messages to {name}")
    return titles(firm, name, contract)


def test_con_09_owners_are_reminded_30_and_7_days_before_the_end_once_each(firm: Company) -> None:
    ends = TODAY + timedelta(days=100)
    contract, number = (made := firm.registered(ends_on=ends)), made["number"]
    draft = firm.draft(ends_on=ends)
    said = f"Contract {number} 服务合同 ends on {ends.isoformat()}"
    for days, expected in ((69, 0), (70, 1), (71, 1), (92, 1), (93, 2), (94, 2)):
        firm.run("finance.contract_expiry", NOW + timedelta(days=days))
        assert len([1 for kind, _ in firm.events(contract) if kind == "contract.expiring"]) == expected, days
    assert told(firm, "sun", contract, 2) == [said, said]
    assert [kind for kind, _ in firm.events(draft)] == ["contract.created"]


def test_con_09_whoever_is_late_is_reminded_once(firm: Company) -> None:
    contract = firm.registered(ends_on=TODAY + timedelta(days=5))
    for _ in range(2):
        firm.run("finance.contract_expiry")
    [days] = [data["days"] for kind, data in firm.events(contract) if kind == "contract.expiring"]
    assert days == 5


def test_con_07_time_brings_a_contract_off_its_plan(firm: Company) -> None:
    contract = firm.registered(amount="1000")
    plan = [{"day": TODAY + timedelta(days=10), "percent": "50"}]
    firm.take("sun", "plan_contract", contract, milestones=plan)
    entry = {"day": TODAY, "percent": "10"}
    for kind in ("MEASUREMENT", "PAYMENT"):
        firm.take("sun", "record_contract_progress", contract, kind=kind, **entry)
    firm.run("finance.contract_plans", NOW + timedelta(days=9))
    assert (firm.contract(contract)["planned_percent"], firm.contract(contract)["is_deviating"]) == ("0.00", False)
    for _ in range(2):
        firm.run("finance.contract_plans", NOW + timedelta(days=10))
    assert firm.contract(contract)["is_deviating"] is True
    off = f"Contract {contract['number']} 服务合同 is off its plan"
    assert told(firm, "sun", contract, 1) == [off]


def test_fin_12_finance_and_the_owner_hear_of_audits(firm: Company) -> None:
    firm.run("office.finance_staff", service="office")
    contract = firm.registered()
    number = contract["number"]
    assert told(firm, "fu", contract, 1) == [f"Contract {number} 服务合同 was registered"]
    firm.take("fu", "audit_contract", contract, confirm=False, reason="金额不符")
    assert told(firm, "sun", contract, 1) == [f"Finance gave back contract {number} 服务合同"]
