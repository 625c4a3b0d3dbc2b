"""What the flow editor accepts comes to an end (OFC-24, 25); which way a form takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approving.firm import LINES, SALES, TOP, Running, line, node, person, who
from crm_common import codec
from crm_common.errors import CrmError
from crm_common.protocol.custom_fields import CustomFieldType, CustomOption
from crm_common.protocol.office.approvals_states import ApprovalState, ApprovalVerdict
from crm_common.protocol.office.flows_plan import (
    ApproverBy,
    FlowApprover,
    FlowBranch,
    FlowCondition,
    FlowField,
    FlowNode,
    FlowOperator,
    FlowPlan,
    NodeWay,
    Resumption,
)
from office.domain import flow, flow_form
from office.domain.approval import MOST_DETOURS, open_tasks
from office.migrations.ready_flows import READY, Ready

OP = FlowOperator
FIELDS = (
    FlowField(key="amount", type=CustomFieldType.MONEY, name="金额"),
    FlowField(key="day", type=CustomFieldType.DATE, name="日期"),
    FlowField(
        key="sort", type=CustomFieldType.OPTION, name="种类",
        options=(CustomOption(key="A", name="甲"), CustomOption(key="B", name="乙")),
    ),
    FlowField(key="note", type=CustomFieldType.MULTILINE, name="说明"),
)  # fmt: skip


def when(field: str, operator: FlowOperator, *values: str) -> FlowCondition:
    return FlowCondition(field=field, operator=operator, values=values)


def accepted(plan: FlowPlan, fields: tuple[FlowField, ...] = FIELDS) -> str | None:
    """The rule that refuses the plan; None when the editor accepts it."""
    try:
        flow.check(fields, plan)
    except CrmError as refusal:
        return refusal.rule
    return None


def two() -> FlowPlan:
    return line(node("one", NodeWay.ANY, "mei"), node("two", NodeWay.ANY, "fu"))


def test_the_editor_refuses_what_could_not_end_or_asks_nobody() -> None:
    plan = two()
    one, other = plan.nodes
    assert accepted(plan) is None
    round_about = replace(plan, nodes=(one, replace(other, next=(FlowBranch(to="one"),))))
    assert accepted(round_about) == "a_flow_does_not_go_round"
    itself = replace(plan, nodes=(replace(one, next=(FlowBranch(to="one"),)), other))
    assert accepted(itself) == "a_flow_does_not_go_round"
    assert accepted(replace(plan, start=(FlowBranch(),))) == "a_flow_asks_somebody"
    nowhere = replace(plan, nodes=(replace(one, next=(FlowBranch(to="three"),)), other))
    assert accepted(nowhere) == "a_branch_leads_to_a_node"
    unreached = replace(plan, nodes=(replace(one, next=(FlowBranch(),)), other))
    assert accepted(unreached) == "a_node_is_reached"
    assert accepted(replace(plan, nodes=(one, other, one))) == "a_node_is_named_once"
    assert accepted(replace(plan, nodes=(replace(one, approvers=()), other))) == "a_node_has_approvers"


@pytest.mark.parametrize("ready", READY, ids=lambda each: each.kind)
def test_ofc_27_every_ready_form_is_whole_and_its_flow_is_accepted(ready: Ready) -> None:
    fields = codec.from_builtins(list(ready.fields), tuple[FlowField, ...])
    plan = codec.from_builtins(ready.plan, FlowPlan)
    assert accepted(plan, fields) is None
    # nothing is left to a default of today: whoever reads it finds every value
    assert codec.decode_json(codec.encode(fields)) == list(ready.fields)
    assert codec.decode_json(codec.encode(plan)) == ready.plan


def test_there_is_always_exactly_one_way_on() -> None:
    plan, rich = two(), when("amount", OP.GT, "100")
    one, other = plan.nodes
    for ways in (
        (FlowBranch(to="two", conditions=(rich,)),),
        (FlowBranch(to="two"), FlowBranch()),
        (FlowBranch(), FlowBranch(to="two", conditions=(rich,))),
        (),
    ):
        assert accepted(replace(plan, nodes=(replace(one, next=ways), other))) == "the_last_branch_has_no_condition"
    split = (FlowBranch(to="two", conditions=(rich,)), FlowBranch())
    assert accepted(replace(plan, nodes=(replace(one, next=split), other))) is None


@pytest.mark.parametrize(
    "condition",
    [
        when("height", OP.GT, "1"),
        when("note", OP.EQ, "x"),
        when("sort", OP.GT, "A"),
        when("amount", OP.GT, "many"),
        when("amount", OP.GT, "NaN"),
        when("amount", OP.GT, "1", "2"),
        when("amount", OP.GT),
        when("day", OP.LT, "yesterday"),
        FlowCondition(operator=OP.IN),
        FlowCondition(operator=OP.EQ, department_ids=(SALES,)),
        FlowCondition(field="amount", operator=OP.IN, values=("1",), department_ids=(SALES,)),
    ],
)
def test_a_condition_compares_what_the_form_has(condition: FlowCondition) -> None:
    plan = two()
    ways = (FlowBranch(to="two", conditions=(condition,)), FlowBranch(to="two"))
    wrong = replace(plan, nodes=(replace(plan.nodes[0], next=ways), plan.nodes[1]))
    assert accepted(wrong) == "a_condition_compares_a_field"


@pytest.mark.parametrize(
    "approver",
    [
        FlowApprover(by=ApproverBy.PERSON),
        FlowApprover(by=ApproverBy.ROLE),
        FlowApprover(by=ApproverBy.ROLE, role_code="HR", role_id=UUID(int=3)),
        FlowApprover(by=ApproverBy.TOP, employee_id=UUID(int=3)),
        FlowApprover(by=ApproverBy.PERSON, employee_id=UUID(int=3), department_id=SALES),
    ],
)
def test_an_approver_is_named_by_one_thing(approver: FlowApprover) -> None:
    assert accepted(line(node("one", NodeWay.ANY, approver))) == "an_approver_is_named"
    assert accepted(line(node("one", NodeWay.ANY, "mei"), admin=approver)) == "an_approver_is_named"


@pytest.mark.parametrize(
    ("condition", "form", "holds"),
    [
        (when("amount", OP.GT, "1000"), {"amount": "1000.01"}, True),
        (when("amount", OP.GT, "1000"), {"amount": "1000.00"}, False),
        (when("amount", OP.GTE, "1000"), {"amount": "1000.00"}, True),
        (when("amount", OP.LT, "200"), {"amount": "1000.00"}, False),
        (when("amount", OP.LTE, "1000"), {}, False),
        (when("amount", OP.EQ, "0500"), {"amount": "500.00"}, True),
        (when("day", OP.LT, "2026-12-01"), {"day": "2026-11-30"}, True),
        (when("sort", OP.IN, "A", "B"), {"sort": "B"}, True),
        (when("sort", OP.NOT_IN, "A"), {"sort": "A"}, False),
        (when("sort", OP.NE, "A"), {}, True),
        (FlowCondition(operator=OP.IN, department_ids=(SALES,)), {}, True),
        (FlowCondition(operator=OP.IN, department_ids=(UUID(int=1),)), {}, True),
        (FlowCondition(operator=OP.NOT_IN, department_ids=(UUID(int=5),)), {}, True),
    ],
)
def test_a_form_takes_the_first_way_whose_conditions_hold(
    condition: FlowCondition, form: dict[str, Any], holds: bool
) -> None:
    plan = two()
    ways = (FlowBranch(to="two", conditions=(condition,)), FlowBranch())
    split = replace(plan, nodes=(replace(plan.nodes[0], next=ways), plan.nodes[1]))
    assert accepted(split) is None
    assert flow.path(split, form, FIELDS, f"{TOP}{SALES}/") == (("one", "two") if holds else ("one",))


def test_a_form_is_checked_like_custom_fields_and_named_as_a_form() -> None:
    assert flow_form.checked(FIELDS, {"amount": "12.5", "sort": "A"}) == {"amount": "12.50", "sort": "A"}
    with pytest.raises(CrmError) as refused:
        flow_form.checked(FIELDS, {"amount": "much", "colour": "red"})
    assert [refused.value.field, *(each.field for each in refused.value.also)] == ["form.amount", "form.colour"]
    period = tuple(FlowField(key=key, type=CustomFieldType.DATE, name=key, required=True) for key in ("from", "to"))
    with pytest.raises(CrmError) as refused:
        flow_form.checked(period, {"from": "2026-11-24", "to": "2026-11-23"})
    assert (refused.value.rule, refused.value.field) == ("a_period_ends_after_it_begins", "form.to")
    with pytest.raises(CrmError) as refused:
        flow_form.checked(period, {"from": "2026-11-24"})
    assert refused.value.field == "form.to"


def test_the_hash_is_of_what_is_approved_in_whatever_order_it_was_filled_in() -> None:
    one = flow_form.fingerprint("leave", None, {"a": "1", "b": [{"x": 1, "y": 2}]})
    assert flow_form.fingerprint("leave", None, {"b": [{"y": 2, "x": 1}], "a": "1"}) == one
    assert flow_form.fingerprint("leave", None, {"a": "2", "b": [{"x": 1, "y": 2}]}) != one
    assert flow_form.fingerprint("leave", "contract/1", {"a": "1", "b": [{"x": 1, "y": 2}]}) != one


KEYS = [f"n{number}" for number in range(6)]
APPROVERS = st.one_of(
    st.sampled_from([person(name) for name in LINES]),
    st.builds(FlowApprover, by=st.just(ApproverBy.SUPERIOR), level=st.integers(1, 3)),
    st.sampled_from([FlowApprover(by=ApproverBy.TOP), FlowApprover(by=ApproverBy.HEAD)]),
    st.just(FlowApprover(by=ApproverBy.ROLE, role_code="HR")),
)
CONDITIONS = st.builds(when, st.just("amount"), st.sampled_from([OP.LT, OP.GTE]), st.sampled_from(["50", "100"]))


@st.composite
def branches(draw: st.DrawFn, targets: list[str | None]) -> tuple[FlowBranch, ...]:
    """Some ways on; the last one always open, mostly."""
    conditional = st.builds(
        FlowBranch, to=st.sampled_from(targets), conditions=st.lists(CONDITIONS, min_size=1, max_size=2).map(tuple)
    )
    found = draw(st.lists(conditional, max_size=2))
    return (*found, FlowBranch(to=draw(st.sampled_from(targets))))


@st.composite
def plans(draw: st.DrawFn) -> FlowPlan:
    """Any graph: many go round, lead nowhere or leave nodes out."""
    keys = KEYS[: draw(st.integers(1, 5))]
    nodes = tuple(
        FlowNode(
            key=key, name=key, way=draw(st.sampled_from(list(NodeWay))),
            approvers=draw(st.lists(APPROVERS, max_size=3).map(tuple)),
            # mostly onward, so that enough of them are accepted
            next=draw(branches([None, *(keys if draw(st.integers(0, 9)) == 0 else keys[place + 1 :])])),
        )
        for place, key in enumerate(keys)
    )  # fmt: skip
    return FlowPlan(
        start=draw(branches([keys[0], *keys])),
        nodes=nodes,
        resumes=draw(st.sampled_from(list(Resumption))),
        asks_again=draw(st.booleans()),
    )


@settings(max_examples=150, deadline=None)
@given(plan=plans(), data=st.data())
def test_any_flow_that_the_editor_accepts_ends_whatever_is_decided(plan: FlowPlan, data: st.DataObject) -> None:
    if accepted(plan) is not None:
        return
    amount = data.draw(st.sampled_from(["10.00", "75.00", "200.00"]))
    form = {"amount": amount}
    path = flow.path(plan, form, FIELDS, f"{TOP}{SALES}/")
    assert 1 <= len(path) <= len(plan.nodes)
    assert len(set(path)) == len(path)
    running = Running(replace(plan, nodes=tuple(flow.node(plan, key) for key in path)))
    names = {who(name): name for name in LINES}
    decisions = 0
    while running.approval.state in (ApprovalState.PENDING, ApprovalState.RETURNED):
        if running.approval.state is ApprovalState.RETURNED:
            running.resubmit("sun", *path)
            continue
        asked = open_tasks(running.approval)
        assert asked, "somebody can always decide"
        task = data.draw(st.sampled_from(asked))
        # returned as often as it can be: that is the longest way to the end
        returnable = running.approval.detours < MOST_DETOURS
        verdict = data.draw(
            st.sampled_from(
                [
                    ApprovalVerdict.APPROVE,
                    ApprovalVerdict.APPROVE,
                    ApprovalVerdict.RETURN if returnable else ApprovalVerdict.REJECT,
                ]
            )
        )
        running.decide(names[task.approver_id], verdict)
        decisions += 1
        assert decisions <= (MOST_DETOURS + 1) * len(path) * (len(LINES) + 1)
    assert open_tasks(running.approval) == ()
