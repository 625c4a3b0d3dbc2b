"""Contracts under way: measured, paid, changed, compared with the plan, settled, looked back upon (CON-05 … 08)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from agreeing.company import Company
from founded.house import NOW

pytestmark = pytest.mark.timeout(120)

TODAY = NOW.date()


def entered(firm: Company, contract: dict[str, Any], kind: str, **amount: str) -> dict[str, Any]:
    """The contract with another entry of Sun's."""
    return firm.take("sun", "record_contract_progress", contract, kind=kind, day=TODAY, **amount)


def changed(firm: Company, contract: dict[str, Any], amount: str) -> dict[str, Any]:
    """A change order of Kim's that waits."""
    asked = firm.take("kim", "change_contract", contract, title="增加设备", reason="现场签证", amount=amount)
    order = dict(asked["contract_change"])
    firm.order_becomes(order, approval_id=firm.waiting(order)["id"])
    return order


def step(firm: Company, contract: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What every step names: the contract as it stands."""
    return {"id": contract["id"], "version": firm.contract(contract)["version"]} | more


def test_con_05_measured_forty_paid_thirty_leaves_ten_unpaid(firm: Company) -> None:
    contract = firm.registered(amount="100000")
    measured = entered(firm, contract, "MEASUREMENT", percent="40")
    assert (measured["state"], measured["measured_amount"], measured["measured_percent"]) == (
        "EXECUTING", "40000.00", "40.00",
    )  # fmt: skip
    paid = entered(firm, contract, "PAYMENT", amount="30000")
    assert (paid["settlement"], paid["unpaid_amount"], paid["unpaid_percent"]) == ("40000.00", "10000.00", "10.00")
    told = [data for kind, data in firm.events(contract) if kind == "contract.progressed"]
    assert [(each["kind"], each["entered"]) for each in told] == [("MEASUREMENT", "40000.00"), ("PAYMENT", "30000.00")]


def test_con_05_no_more_is_measured_or_paid_than_was_agreed(firm: Company) -> None:
    contract = firm.registered(amount="1000")
    method, given = "record_contract_progress", {"kind": "MEASUREMENT", "day": TODAY}
    for kind, rule in (
        ("MEASUREMENT", "no_more_is_measured_than_was_agreed"), ("PAYMENT", "no_more_is_paid_than_was_agreed"),
    ):  # fmt: skip
        over = step(firm, contract, **given | {"kind": kind}, amount="1000.01")
        assert firm.refused("sun", method, **over) == ("VALIDATION", rule, "amount")
    for wrong in ({}, {"amount": "0"}, {"amount": "1", "percent": "1"}, {"percent": "100.5"}, {"amount": "0.001"}):
        refused = firm.refused("sun", method, **step(firm, contract, **given, **wrong))
        assert refused[1] == "an_entry_is_an_amount_above_zero", wrong
    late = step(firm, contract, **given | {"day": TODAY + timedelta(days=1)}, amount="1")
    assert firm.refused("sun", method, **late)[1] == "an_entry_is_not_in_the_future"
    assert firm.refused("mei", method, **step(firm, contract, **given, amount="1"))[0] == "FORBIDDEN"
    assert firm.refused("lin", method, **step(firm, contract, **given, amount="1"))[0] == "NOT_FOUND"
    draft = firm.draft()
    assert firm.refused("sun", method, **step(firm, draft, **given, amount="1"))[0] == "BAD_STATE"


def test_con_06_an_approved_change_counts_in_the_settlement_an_unapproved_one_does_not(firm: Company) -> None:
    contract = firm.registered(amount="100000")
    entered(firm, contract, "MEASUREMENT", percent="100")
    order = changed(firm, contract, "5000")
    assert (order["state"], firm.contract(contract)["settlement"]) == ("PENDING", "100000.00")
    again = step(firm, contract, title="x", reason="x", amount="1")
    assert firm.refused("kim", "change_contract", **again)[1] == "a_change_order_waits_for_its_approval"
    early = step(firm, contract, settled_amount="100000")
    assert firm.refused("sun", "settle_contract", **early)[1] == "a_change_order_waits_for_its_approval"
    for name in ("adam", "fu", "fei"):
        firm.decide(name, order)
    firm.becomes(contract, "settlement", "105000.00")
    refused = changed(firm, contract, "-2000")
    firm.decide("adam", refused, "REJECT", comment="不同意")
    firm.order_becomes(refused, state="REFUSED")
    now = firm.contract(contract)
    assert (now["settlement"], now["revision"], now["changed_amount"]) == ("105000.00", 2, "5000.00")
    versions = "SELECT revision, amount::text FROM contract_version WHERE contract_id = %s ORDER BY revision"
    assert firm.store.rows(versions, (contract["id"],)) == [(1, "100000.00"), (2, "105000.00")]
    [card] = firm.as_system("contract_cards", ids=[contract["id"]])
    assert card["amount"] == "105000.00"
    assert firm.refused("sun", "change_contract", **step(firm, contract, title="x", reason="x"))[0] == "FORBIDDEN"
    bare = step(firm, contract, title="x", reason="x")
    assert firm.refused("kim", "change_contract", **bare)[1] == "a_change_changes_something"


def test_con_07_fifty_planned_and_thirty_done_is_flagged_and_told_once(firm: Company) -> None:
    contract = firm.registered(amount="1000")
    entered(firm, contract, "MEASUREMENT", percent="40")
    entered(firm, contract, "PAYMENT", percent="40")
    plan = [{"day": TODAY, "percent": "50"}, {"day": TODAY + timedelta(days=30), "percent": "100"}]
    on_plan = firm.take("sun", "plan_contract", contract, milestones=plan)
    assert (on_plan["planned_percent"], on_plan["is_deviating"]) == ("50.00", False)
    behind = firm.take("sun", "plan_contract", contract, milestones=[{"day": TODAY, "percent": "50.01"}])
    assert behind["is_deviating"] is True
    firm.take("sun", "plan_contract", contract, milestones=[{"day": TODAY, "percent": "60"}])
    told = [data for kind, data in firm.events(contract) if kind == "contract.deviation"]
    assert [(each["planned_percent"], each["measured_percent"]) for each in told] == [("50.01", "40.00")]
    for wrong in ([plan[1], plan[0]], [plan[0], plan[0]], [{"day": TODAY, "percent": "101"}]):
        refused = firm.refused("sun", "plan_contract", **step(firm, contract, milestones=wrong))
        assert refused[1] == "a_plan_climbs_to_a_hundred"


def test_con_08_a_contract_is_settled_by_what_was_measured_and_then_evaluated(firm: Company) -> None:
    contract = firm.registered(amount="1000")
    assert firm.refused("sun", "settle_contract", **step(firm, contract, settled_amount="0"))[0] == "BAD_STATE"
    entered(firm, contract, "MEASUREMENT", amount="900")
    look_back = {"score": 5, "evaluation": "按期完成"}
    assert firm.refused("sun", "evaluate_contract", **step(firm, contract, **look_back))[0] == "BAD_STATE"
    wrong = firm.refused("sun", "settle_contract", **step(firm, contract, settled_amount="1000"))
    assert wrong == ("VALIDATION", "a_settlement_is_what_was_measured_and_changed", "settled_amount")
    settled = firm.take("sun", "settle_contract", contract, settled_amount="900")
    assert (settled["state"], settled["settled_amount"]) == ("SETTLED", "900.00")
    done = firm.take("kim", "evaluate_contract", contract, **look_back)
    assert (done["state"], done["score"], done["evaluation"]) == ("EVALUATED", 5, "按期完成")
    for method, more in (
        ("record_contract_progress", {"kind": "PAYMENT", "day": TODAY, "amount": "1"}),
        ("terminate_contract", {"reason": "x"}), ("plan_contract", {"milestones": []}),
        ("change_contract", {"title": "x", "reason": "x", "amount": "1"}),
    ):  # fmt: skip
        assert firm.refused("adam", method, **step(firm, contract, **more))[0] == "BAD_STATE", method


def test_con_08_the_totals_of_reports_are_those_of_the_lists_under_the_viewers_scope(firm: Company) -> None:
    contract = firm.registered("lin", amount="1000")
    firm.take("lin", "record_contract_progress", contract, kind="MEASUREMENT", day=TODAY, percent="50")
    firm.draft("lin", amount="200.50", ends_on=TODAY)
    for name in ("lin", "kim", "mei"):
        listed = firm.call(name, "contracts", first=100, total=True)
        whole = sum(Decimal(each["amount"]) for each in listed["nodes"])
        assert listed["total"] == len(listed["nodes"])
        for by in ("STATE", "CUSTOMER", "OWNER", "END"):
            groups = firm.call(name, "contract_totals", by=by)
            assert sum(each["count"] for each in groups) == len(listed["nodes"]), (name, by)
            assert sum(Decimal(each["amount"]) for each in groups) == whole, (name, by)
    mine = {each["key"]: each for each in firm.call("lin", "contract_totals")}
    expected = [
        sum(Decimal(each["measured_amount"]) for each in firm.call("lin", "contracts", first=100)["nodes"]),
        sum(Decimal(each["measured"]) for each in mine.values()),
    ]
    assert expected[0] == expected[1] >= Decimal(500)
    ended = firm.call("lin", "contract_totals", by="END")
    assert {"", str(TODAY.year)} <= {each["key"] for each in ended}
    assert firm.refused(None, "contract_totals")[0] == "UNAUTHENTICATED"
