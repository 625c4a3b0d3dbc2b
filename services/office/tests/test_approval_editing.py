"""Flows as data (OFC-25): drawn, published, changed; what runs keeps its revision. Questions of people who leave."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from approving.company import LEAVE, Company
from crm_common.changes import changing
from crm_common.context import system_context
from crm_common.protocol.identity.departments import DepartmentHeadChanged
from crm_common.protocol.identity.employees import EmployeeDisabled
from office.usecases.approval_delegations import note_former_head, note_to_recheck

pytestmark = pytest.mark.infra


def one_node(*approvers: dict[str, Any], way: str = "ANY", **rules: Any) -> dict[str, Any]:
    """A plan of one node."""
    node = {"key": "one", "name": "一", "way": way, "approvers": list(approvers)}
    return {"start": [{"to": "one"}], "nodes": [node], **rules}


def person(firm: Company, name: str) -> dict[str, Any]:
    return {"by": "PERSON", "employee_id": str(firm[name].id)}


def drawn(firm: Company, plan: dict[str, Any], **given: Any) -> dict[str, Any]:
    """A flow of a kind of its own, in use."""
    kind = f"k{uuid4().hex[:8]}"
    flow = firm.call("adam", "create_flow", kind=kind, name="流程", plan=plan, **given)["flow"]
    found: dict[str, Any] = firm.call("adam", "publish_flow", id=flow["id"], version=flow["version"])["flow"]
    return found


def test_ofc_25_running_approvals_keep_the_revision_they_began_with(firm: Company) -> None:
    flow = drawn(firm, one_node(person(firm, "kim")))
    assert (flow["state"], flow["revision"], flow["is_edited"]) == ("PUBLISHED", 1, False)
    running = firm.call("sun", "start_approval", kind=flow["kind"], form={})["approval"]
    two = one_node(person(firm, "kim"), person(firm, "fu"), way="ALL")
    edited = firm.call("adam", "update_flow", id=flow["id"], version=flow["version"], plan=two)["flow"]
    assert (edited["revision"], edited["is_edited"]) == (1, True)
    assert firm.asked(firm.call("sun", "start_approval", kind=flow["kind"], form={})["approval"]) == ["kim"]
    published = firm.call("adam", "publish_flow", id=flow["id"], version=edited["version"])["flow"]
    assert (published["revision"], published["is_edited"]) == (2, False)
    newer = firm.call("sun", "start_approval", kind=flow["kind"], form={})["approval"]
    assert (firm.asked(newer), newer["flow_revision"]) == (["fu", "kim"], 2)
    done = firm.decide("kim", running)
    assert (done["state"], done["flow_revision"]) == ("APPROVED", 1)
    told = firm.store.rows("SELECT type FROM journal WHERE subject = %s ORDER BY seq", (f"flow/{flow['id']}",))
    assert [row[0] for row in told] == ["flow.created", "flow.published", "flow.updated", "flow.published"]


def test_an_archived_flow_starts_nothing_and_what_runs_goes_on(firm: Company) -> None:
    flow = drawn(firm, one_node(person(firm, "kim")))
    running = firm.call("sun", "start_approval", kind=flow["kind"], form={})["approval"]
    given = {"kind": flow["kind"], "name": "二", "plan": one_node(person(firm, "fu"))}
    other = firm.call("adam", "create_flow", **given)["flow"]
    refused = firm.refused("adam", "publish_flow", id=other["id"], version=1)
    assert refused == ("DUPLICATE", "a_kind_has_one_flow_in_use")
    firm.call("adam", "archive_flow", id=flow["id"], version=flow["version"])
    assert firm.refused("sun", "start_approval", kind=flow["kind"], form={})[0] == "BAD_STATE"
    archived = {"id": flow["id"], "version": flow["version"] + 1}
    for method in ("archive_flow", "publish_flow", "update_flow"):
        assert firm.refused("adam", method, **archived) == ("BAD_STATE", "an_archived_flow_stays_as_it_is")
    firm.call("adam", "publish_flow", id=other["id"], version=1)
    assert firm.decide("kim", running)["state"] == "APPROVED"


def test_only_editors_change_flows_and_see_drafts(firm: Company) -> None:
    plan = one_node(person(firm, "kim"))
    draft = firm.call("adam", "create_flow", kind=f"k{uuid4().hex[:8]}", name="草稿", plan=plan)["flow"]
    assert firm.call("sun", "approval_flows_by_ids", ids=[draft["id"]]) == [None]
    assert firm.call("adam", "approval_flows_by_ids", ids=[draft["id"]])[0]["draft"]["nodes"][0]["key"] == "one"
    [leave] = [each for each in firm.call("sun", "approval_flows", first=100)["nodes"] if each["kind"] == "leave"]
    assert (leave["draft"], leave["draft_fields"]) == (None, None)
    assert [each["key"] for each in leave["fields"]][:2] == ["leaveKind", "from"]
    about = {"id": draft["id"], "version": 1}
    for method, given in (
        ("create_flow", {"kind": "x", "name": "x", "plan": plan}), ("update_flow", about), ("publish_flow", about),
        ("archive_flow", about),
    ):  # fmt: skip
        assert firm.refused("sun", method, **given)[0] == "FORBIDDEN"
    assert firm.refused("adam", "publish_flow", id=draft["id"], version=7)[0] == "CONFLICT"
    assert firm.refused("adam", "publish_flow", id=str(uuid4()), version=1)[0] == "NOT_FOUND"


def test_the_editor_s_refusals_reach_whoever_draws(firm: Company) -> None:
    plan = one_node(person(firm, "kim"))
    round_about = plan | {"nodes": [plan["nodes"][0] | {"next": [{"to": "one"}]}]}
    for given, rule in (
        ({"plan": round_about}, "a_flow_does_not_go_round"),
        ({"plan": plan, "name": "  "}, "a_flow_has_a_name"),
        ({"plan": plan, "kind": "Not A Word"}, "a_kind_is_a_plain_word"),
        ({"plan": plan | {"nodes": []}}, "a_value_has_the_wrong_shape"),
    ):
        command = {"kind": "x", "name": "x"} | given
        assert firm.refused("adam", "create_flow", **command) == ("VALIDATION", rule)
    flow = drawn(firm, plan)
    named = {"id": flow["id"], "version": flow["version"], "plan": round_about}
    assert firm.refused("adam", "update_flow", **named)[1] == "a_flow_does_not_go_round"


def test_questions_of_somebody_disabled_go_to_his_delegate_or_the_administrator(firm: Company) -> None:
    firm.hire("tom")
    flow = drawn(firm, one_node(person(firm, "tom"), admin=person(firm, "odo")))
    asked = firm.call("sun", "start_approval", kind=flow["kind"], form={})["approval"]
    assert firm.asked(asked) == ["tom"]
    firm.disable("tom")
    with changing(firm.host, system_context("office", correlation_id="test")) as change:
        gone = EmployeeDisabled(
            employee_id=firm["tom"].id, name="tom", active=False, department_id=uuid4(), department_name="",
            department_path="/", line=(), changes={}, reason=None,
        )  # fmt: skip
        note_to_recheck(change, gone)
    assert firm.run() == {"rerouted": 1}
    assert firm.asked(asked) == ["odo"]
    assert firm.run() == {"rerouted": 0}
    assert firm.events(asked)[-1][1]["step"] == "REROUTED"
    # and whoever is disabled when a node begins is not asked at all
    assert firm.asked(firm.call("sun", "start_approval", kind=flow["kind"], form={})["approval"]) == ["odo"]
    firm.decide("odo", asked)


def test_questions_of_a_head_go_to_the_next_one(firm: Company) -> None:
    firm.hire("new")
    flow = drawn(firm, one_node({"by": "HEAD"}, person(firm, "kim"), way="SEQUENCE"))
    asked = firm.call("sun", "start_approval", kind=flow["kind"], form={})["approval"]
    sales = {"id": str(firm["sun"].department_id)}
    assert firm.asked(asked) == ["mei"]
    firm.house.head(sales, {"id": str(firm["new"].id)})
    try:
        with changing(firm.host, system_context("office", correlation_id="test")) as change:
            changed = DepartmentHeadChanged(
                department_id=UUID(sales["id"]), name="销售部", parent_id=None, path="/", changes={},
                head_id=firm["new"].id, former_head_id=firm["mei"].id,
            )  # fmt: skip
            note_former_head(change, changed)
        firm.run()
        assert firm.asked(asked) == ["new"]
        about = {"id": asked["id"], "version": 2, "verdict": "APPROVE"}
        assert firm.refused("mei", "decide_approval", **about)[0] == "FORBIDDEN"
    finally:
        firm.house.head(sales, {"id": str(firm["mei"].id)})


def test_idn_23_what_waits_for_somebody_is_counted_and_passed_on(firm: Company) -> None:
    firm.hire("eve")
    waits = drawn(firm, one_node(person(firm, "eve")))
    queued = drawn(firm, one_node(person(firm, "kim"), person(firm, "eve"), way="SEQUENCE"))
    one, two, three = (
        firm.call(name, "start_approval", kind=flow["kind"], form={})["approval"]
        for name, flow in (("sun", waits), ("odo", waits), ("sun", queued))
    )
    eve = {"employee_id": firm["eve"].id}
    assert firm.as_system("owned_here", **eve)["counts"]["approval"] == 3
    given = {"from_id": firm["eve"].id, "to_ids": [firm["odo"].id, firm["kim"].id]}
    assert "approval" not in firm.as_system("hand_over_here", **given | {"kinds": ["customer"]})["moved"]
    assert firm.as_system("hand_over_here", **given)["moved"]["approval"] == 3
    assert firm.as_system("owned_here", **eve)["counts"]["approval"] == 0
    # in turn, but nobody decides on his own request or twice at a node
    assert firm.asked(two) == ["kim"]
    firm.decide("kim", three)
    assert firm.asked(three) == ["odo"]
    assert firm.asked(one) == ["odo"]
    assert firm.as_system("hand_over_here", **given)["moved"]["approval"] == 0


def test_conditions_on_amount_and_department_choose_the_way(firm: Company) -> None:
    sales = str(firm["sun"].department_id)
    large = {"field": "amount", "operator": "GTE", "values": ["1000"]}
    nodes = [
        {"key": "small", "name": "小额", "way": "ANY", "approvers": [person(firm, "kim")]},
        {"key": "large", "name": "大额", "way": "ANY", "approvers": [person(firm, "fu")]},
        {"key": "sales", "name": "销售", "way": "ANY", "approvers": [person(firm, "mei")],
         "next": [{"to": "large", "conditions": [large]}, {"to": "small"}]},
    ]  # fmt: skip
    in_sales = {"operator": "IN", "department_ids": [sales]}
    start = [{"to": "sales", "conditions": [in_sales]}, {"to": "large", "conditions": [large]}, {"to": "small"}]
    fields = [{"key": "amount", "type": "MONEY", "name": "金额", "required": True}]
    flow = drawn(firm, {"start": start, "nodes": nodes}, fields=fields)
    paths = {
        (name, amount): firm.call(
            "sun" if name == "sun" else name, "start_approval", kind=flow["kind"], form={"amount": amount}
        )["approval"]["path"]
        for name in ("sun", "odo")
        for amount in ("999.99", "1000")
    }
    assert paths == {
        ("sun", "999.99"): ["sales", "small"],
        ("sun", "1000"): ["sales", "large"],
        ("odo", "999.99"): ["small"],
        ("odo", "1000"): ["large"],
    }


def test_a_leave_of_a_head_goes_to_the_head_above(firm: Company) -> None:
    leave = firm.start("mei")
    assert firm.asked(leave) == ["adam"]
    refused = firm.refused("mei", "decide_approval", id=leave["id"], version=1, verdict="APPROVE")
    assert refused == ("FORBIDDEN", "nobody_decides_on_his_own_request")
    assert leave["form"] == LEAVE
