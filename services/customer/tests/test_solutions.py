"""Solution plans for big customers (CUS-51): written, proposed, accepted; who may, and what is refused."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor
from crm_common.protocol.selection import Selected, dump
from selling import created, events_of, known, seller
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra

PLAN = {"title": "产线改造", "problem": "产能不足", "solution": "两条新线", "benefit": "产能翻倍"}
COMPARED = [
    {"competitor": "甲公司", "ours": "交付快", "theirs": "价格低"},
    {"competitor": "乙公司", "ours": "服务好", "theirs": ""},
]


def planned(service: Alone, by: Actor, of: str, **given: Any) -> dict[str, Any]:
    return dict(service.call(by, "create_solution_plan", customer_id=of, **PLAN | given)["solution_plan"])


def stepped(service: Alone, by: Actor, plan: dict[str, Any], status: str) -> dict[str, Any]:
    step = {"id": plan["id"], "version": plan["version"], "status": status, "reason": "当面谈过"}
    return dict(service.call(by, "set_solution_plan_status", **step)["solution_plan"])


def test_cus_51_an_accepted_plan_makes_the_customer_a_partner(service: Alone) -> None:
    li = seller(service, "plan.li")
    of = created(service, li, tags=["老客户"])["id"]
    plan = planned(service, li, of, title=" 产线改造 ", comparisons=COMPARED)
    assert (plan["title"], plan["status"], plan["version"]) == ("产线改造", "DRAFT", 1)
    proposed = stepped(service, li, plan, "PROPOSED")
    accepted = stepped(service, li, proposed, "ACCEPTED")
    assert (accepted["status"], accepted["status_reason"]) == ("ACCEPTED", "当面谈过")
    compared = tuple(Selected(name, name) for name in ("competitor", "ours", "theirs"))
    below = (Selected("title", "title"), Selected("comparisons", "comparisons", {}, compared))
    select = dump([Selected("tags", "tags"), Selected("solution_plans", "solution_plans", {}, below)])
    [found] = service.call(li, "customers_by_ids", ids=[of], select=select)
    assert found == {"tags": ["老客户", "伙伴"], "solution_plans": [{"title": "产线改造", "comparisons": COMPARED}]}
    told = [kind for kind, _ in events_of(service.store, f"solution_plan/{plan['id']}")]
    assert told == ["solution_plan.created", "solution_plan.status_changed", "solution_plan.status_changed"]
    edit = {"id": plan["id"], "version": accepted["version"]}
    assert service.refused(li, "update_solution_plan", **edit, title="x") == "BAD_STATE"
    assert service.refused(li, "set_solution_plan_status", **edit, status="DRAFT") == "BAD_STATE"


def test_cus_51_a_plan_is_edited_until_it_is_accepted_and_drafted_anew_when_refused(service: Alone) -> None:
    li = seller(service, "plan.edit")
    plan = planned(service, li, created(service, li)["id"], comparisons=COMPARED)
    rejected = stepped(service, li, stepped(service, li, plan, "PROPOSED"), "REJECTED")
    changed = {"id": plan["id"], "version": rejected["version"], "solution": "一条新线", "comparisons": COMPARED[1:]}
    edited = service.call(li, "update_solution_plan", **changed)["solution_plan"]
    assert (edited["solution"], edited["benefit"], edited["status"]) == ("一条新线", "产能翻倍", "REJECTED")
    assert service.refused(li, "update_solution_plan", **changed) == "CONFLICT"
    assert stepped(service, li, edited, "DRAFT")["status"] == "DRAFT"
    *_, update, _ = [data for _, data in events_of(service.store, f"solution_plan/{plan['id']}")]
    assert update["changes"] == {"solution": ["两条新线", "一条新线"], "comparisons": [COMPARED, COMPARED[1:]]}


def test_what_is_no_plan_is_refused(service: Alone) -> None:
    li = seller(service, "plan.wrong")
    of = created(service, li)["id"]
    new = {"customer_id": of, **PLAN}
    assert service.refused(li, "create_solution_plan", **new | {"title": " "}) == "VALIDATION"
    twice = [COMPARED[0], COMPARED[0] | {"competitor": " 甲公司"}]
    assert service.refused(li, "create_solution_plan", **new, comparisons=twice) == "VALIDATION"
    empty = planned(service, li, of, solution=" ")
    step = {"id": empty["id"], "version": 1}
    assert service.refused(li, "set_solution_plan_status", **step, status="PROPOSED") == "VALIDATION"
    assert service.refused(li, "set_solution_plan_status", **step, status="ACCEPTED") == "BAD_STATE"


def test_plans_are_seen_and_written_with_their_customer(service: Alone) -> None:
    li, other = seller(service, "plan.owner", "customer.release", "pool.view"), seller(service, "plan.other")
    of = created(service, li)["id"]
    plan = planned(service, li, of)
    assert service.refused(other, "create_solution_plan", customer_id=of, **PLAN) == "NOT_FOUND"
    assert service.refused(other, "update_solution_plan", id=plan["id"], version=1, title="x") == "NOT_FOUND"
    assert service.refused(li, "update_solution_plan", id=uuid4(), version=1, title="x") == "NOT_FOUND"
    reader = known(service, employee("plan.reader", "customer.view", customer="ALL"))
    assert service.refused(reader, "create_solution_plan", customer_id=of, **PLAN) == "FORBIDDEN"
    listed = dump([Selected("id", "id")])
    ids = {each["id"] for each in service.call(reader, "solution_plans", select=listed, first=100)["nodes"]}
    assert plan["id"] in ids
    assert service.call(other, "solution_plans", select=listed)["nodes"] == []
    assert service.call(other, "solution_plans_by_ids", ids=[plan["id"]], select=listed) == [None]
    service.call(li, "release_customers", ids=[of], reason="x")
    assert service.refused(li, "update_solution_plan", id=plan["id"], version=1, title="x") == "READ_ONLY"
    step = {"id": plan["id"], "version": 1, "status": "PROPOSED"}
    assert service.refused(li, "set_solution_plan_status", **step) == "READ_ONLY"
