"""The approval engine (OFC-24, features §3.8): every transition, and every transition there is not, by its code."""

from __future__ import annotations

from datetime import timedelta

import pytest

from approving.firm import NOW, SALES, Running, line, node, person, staff, who
from crm_common.errors import CrmError
from crm_common.protocol.office.approvals_states import ApprovalVerdict, StepKind, TaskState
from crm_common.protocol.office.flows_plan import (
    EVERYTHING,
    ApproverBy,
    FlowAllowance,
    FlowApprover,
    FlowPlan,
    NodeWay,
    Resumption,
)
from office.domain.approval import MOST_DETOURS

ANY, SEQUENCE, ALL = NodeWay.ANY, NodeWay.SEQUENCE, NodeWay.ALL
SUPERIOR = FlowApprover(by=ApproverBy.SUPERIOR)
TOP = FlowApprover(by=ApproverBy.TOP)
HEAD = FlowApprover(by=ApproverBy.HEAD)
HR = FlowApprover(by=ApproverBy.ROLE, role_code="HR")
BAD, FORBIDDEN, INVALID = "BAD_STATE", "FORBIDDEN", "VALIDATION"


def leave() -> FlowPlan:
    """Superior, then HR, then who leads the company."""
    return line(node("head", ANY, SUPERIOR), node("hr", ANY, HR), node("top", ANY, TOP))


def without(*what: FlowAllowance) -> tuple[FlowAllowance, ...]:
    return tuple(each for each in EVERYTHING if each not in what)


def test_a_leave_of_three_nodes_keeps_their_order() -> None:
    leaving = Running(leave())
    assert leaving.asked == ["mei"]
    assert leaving.refuses("decide", "odo", ApprovalVerdict.APPROVE) == (
        FORBIDDEN,
        "only_an_approver_of_the_node_decides",
    )
    leaving.yes("mei")
    assert leaving.asked == ["kim", "odo"]
    leaving.yes("odo")
    assert leaving.asked == ["adam"]
    leaving.yes("adam")
    assert (leaving.state, leaving.asked) == ("APPROVED", [])
    assert leaving.approval.ended_at == NOW
    assert [each.kind.value for each in leaving.steps] == [
        "STARTED", "NODE_BEGUN", "APPROVED", "NODE_BEGUN", "APPROVED", "NODE_BEGUN", "APPROVED",
    ]  # fmt: skip


def test_on_any_the_first_yes_ends_the_node() -> None:
    supplies = Running(line(node("one", ANY, "mei", "fu")))
    assert supplies.asked == ["fu", "mei"]
    supplies.yes("fu")
    assert supplies.state == "APPROVED"
    assert supplies.tasks(TaskState.CLOSED) == [who("mei")]


def test_on_any_the_first_no_ends_the_approval() -> None:
    supplies = Running(line(node("one", ANY, "mei", "fu"), node("two", ANY, "odo")))
    supplies.decide("mei", ApprovalVerdict.REJECT)
    assert (supplies.state, supplies.asked) == ("REJECTED", [])


def test_on_sequence_all_say_yes_in_order() -> None:
    paying = Running(line(node("one", SEQUENCE, "mei", "fu", "odo")))
    assert paying.asked == ["mei"]
    assert paying.refuses("decide", "fu", ApprovalVerdict.APPROVE) == (BAD, "it_is_another_approver_s_turn")
    paying.yes("mei")
    assert paying.refuses("decide", "mei", ApprovalVerdict.APPROVE) == (BAD, "an_approver_decides_once")
    paying.yes("fu")
    assert (paying.state, paying.asked) == ("PENDING", ["odo"])
    paying.yes("odo")
    assert paying.state == "APPROVED"


def test_on_all_everybody_says_yes_in_any_order_and_one_no_is_enough() -> None:
    contract = Running(line(node("one", ALL, "mei", "fu", "odo")))
    contract.yes("odo", "mei")
    assert contract.refuses("decide", "odo", ApprovalVerdict.APPROVE) == (BAD, "an_approver_decides_once")
    assert (contract.state, contract.asked) == ("PENDING", ["fu"])
    contract.yes("fu")
    assert contract.state == "APPROVED"
    other = Running(line(node("one", ALL, "mei", "fu", "odo")))
    other.yes("odo")
    other.decide("fu", ApprovalVerdict.REJECT)
    assert (other.state, other.tasks(TaskState.CLOSED)) == ("REJECTED", [who("mei")])


def test_a_refusal_says_why() -> None:
    asked = Running(line(node("one", ANY, "mei")))
    for verdict in (ApprovalVerdict.REJECT, ApprovalVerdict.RETURN):
        for comment in (None, "  "):
            assert asked.refuses("decide", "mei", verdict, comment) == (INVALID, "a_refusal_says_why")


@pytest.mark.parametrize("end", ["APPROVED", "REJECTED", "WITHDRAWN"])
def test_nothing_happens_after_the_end(end: str) -> None:
    ended = Running(line(node("one", ANY, "mei")))
    if end == "APPROVED":
        ended.yes("mei")
    elif end == "REJECTED":
        ended.decide("mei", ApprovalVerdict.REJECT)
    else:
        ended.withdraw("sun")
    assert ended.state == end
    over = (BAD, "an_ended_approval_stays_as_it_is")
    for verdict in ApprovalVerdict:
        assert ended.refuses("decide", "mei", verdict) == over
    assert ended.refuses("resubmit", "sun") == over
    assert ended.refuses("withdraw", "sun") == over
    assert ended.refuses("transfer", "mei", "fu") == over
    assert ended.refuses("add", "mei", "fu") == over
    assert ended.refuses("urge", "sun") == over
    ended.reroute("mei")
    assert (ended.state, ended.asked) == (end, [])


def test_what_is_returned_waits_for_its_initiator() -> None:
    sent = Running(line(node("one", ANY, "mei"), node("two", ANY, "fu")))
    assert sent.refuses("resubmit", "sun") == (BAD, "only_a_returned_approval_is_submitted_again")
    sent.yes("mei")
    sent.decide("fu", ApprovalVerdict.RETURN)
    assert (sent.state, sent.asked) == ("RETURNED", [])
    waits = (BAD, "a_returned_approval_waits_for_its_initiator")
    assert sent.refuses("decide", "fu", ApprovalVerdict.APPROVE) == waits
    assert sent.refuses("transfer", "fu", "odo") == waits
    assert sent.refuses("add", "fu", "odo") == waits
    assert sent.refuses("urge", "sun") == waits
    assert sent.refuses("resubmit", "mei") == (FORBIDDEN, "only_the_initiator_does_this")
    sent.resubmit("sun")
    assert (sent.state, sent.asked, sent.approval.round) == ("PENDING", ["mei"], 2)
    assert (sent.approval.form, sent.approval.hash) == ({"amount": "2.00"}, "h2.00")


def test_by_the_flow_it_goes_on_at_the_node_that_returned_it() -> None:
    plan = line(node("one", ANY, "mei"), node("two", ANY, "fu"), node("three", ANY, "odo"), resumes=Resumption.NODE)
    sent = Running(plan)
    sent.yes("mei")
    sent.decide("fu", ApprovalVerdict.RETURN)
    sent.resubmit("sun")
    assert sent.asked == ["fu"]
    sent.decide("fu", ApprovalVerdict.RETURN)
    # the changed form takes another way to the node: what was said on the old way does not count
    sent.resubmit("sun", "three", "two")
    assert sent.asked == ["odo"]


def test_it_is_withdrawn_before_the_first_decision_only_by_its_initiator() -> None:
    asked = Running(line(node("one", ALL, "mei", "fu")))
    assert asked.refuses("withdraw", "mei") == (FORBIDDEN, "only_the_initiator_does_this")
    asked.yes("mei")
    assert asked.refuses("withdraw", "sun") == (BAD, "a_decided_approval_is_not_withdrawn")
    asked.decide("fu", ApprovalVerdict.RETURN)
    asked.withdraw("sun")
    assert asked.state == "WITHDRAWN"
    bound = Running(line(node("one", ANY, "mei"), allows=without(FlowAllowance.WITHDRAW)))
    assert bound.refuses("withdraw", "sun") == (BAD, "the_flow_does_not_allow_this")


def test_a_task_is_transferred_to_somebody_new() -> None:
    asked = Running(line(node("one", ALL, "mei", "fu")))
    cannot = (INVALID, "this_person_cannot_be_asked")
    assert asked.refuses("transfer", "mei", "fu") == cannot
    assert asked.refuses("transfer", "mei", "sun") == cannot
    assert asked.refuses("transfer", "mei", "nobody") == cannot
    assert asked.refuses("transfer", "odo", "kim") == (FORBIDDEN, "only_an_approver_of_the_node_decides")
    asked.transfer("mei", "odo")
    assert asked.asked == ["fu", "odo"]
    assert asked.refuses("decide", "mei", ApprovalVerdict.APPROVE) == (
        FORBIDDEN,
        "only_an_approver_of_the_node_decides",
    )
    asked.yes("odo", "fu")
    assert asked.state == "APPROVED"


@pytest.mark.parametrize(("command", "what"), [("transfer", FlowAllowance.TRANSFER), ("add", FlowAllowance.ADD_SIGN)])
def test_what_the_flow_does_not_allow_is_refused(command: str, what: FlowAllowance) -> None:
    strict = Running(line(node("one", ANY, "mei"), allows=without(what)))
    assert strict.refuses(command, "mei", "odo") == (BAD, "the_flow_does_not_allow_this")
    unreturned = Running(line(node("one", ANY, "mei"), allows=without(FlowAllowance.RETURN)))
    assert unreturned.refuses("decide", "mei", ApprovalVerdict.RETURN) == (BAD, "the_flow_does_not_allow_this")


def test_an_added_signer_decides_first_and_then_the_question_comes_back() -> None:
    asked = Running(line(node("one", ANY, "mei")))
    asked.add("mei", "fu")
    assert asked.asked == ["fu"]
    assert asked.refuses("decide", "mei", ApprovalVerdict.APPROVE) == (BAD, "it_is_another_approver_s_turn")
    assert asked.refuses("add", "fu", "mei") == (INVALID, "this_person_cannot_be_asked")
    asked.yes("fu")
    assert (asked.state, asked.asked) == ("PENDING", ["mei"])
    asked.yes("mei")
    assert asked.state == "APPROVED"
    other = Running(line(node("one", ANY, "mei")))
    other.add("mei", "fu")
    other.decide("fu", ApprovalVerdict.REJECT)
    assert other.state == "REJECTED"


def test_an_initiator_who_is_asked_is_skipped_on_any_and_replaced_on_sequence_and_all() -> None:
    assert Running(line(node("one", ANY, "sun", "fu"))).asked == ["fu"]
    for way in (SEQUENCE, ALL):
        replaced = Running(line(node("one", way, "sun", "fu")))
        assert "mei" in replaced.asked
        assert replaced.refuses("decide", "sun", ApprovalVerdict.APPROVE) == (
            FORBIDDEN,
            "nobody_decides_on_his_own_request",
        )
    assert Running(line(node("one", ALL, "adam", "fu")), "mei").asked == ["adam", "fu"]
    # nobody is above Adam, and he is the flow's only administrator
    with pytest.raises(CrmError) as refused:
        Running(line(node("one", ALL, "adam", "fu")), "adam")
    assert (refused.value.code.value, refused.value.rule) == (BAD, "nobody_is_left_to_decide")


def test_an_initiator_never_decides_for_somebody_he_represents() -> None:
    asked = Running(line(node("one", ANY, "mei")))
    own = asked.refuses("decide", "sun", ApprovalVerdict.APPROVE, represents=("mei",))
    assert own == (FORBIDDEN, "nobody_decides_on_his_own_request")


def test_a_node_without_anybody_goes_to_the_flow_s_administrator() -> None:
    deep = FlowApprover(by=ApproverBy.SUPERIOR, level=9)
    assert Running(line(node("one", ANY, deep))).asked == ["adam"]
    assert Running(line(node("one", ALL, deep, "fu"))).asked == ["adam", "fu"]
    assert Running(line(node("one", ANY, deep, "fu"))).asked == ["fu"]
    chosen = line(node("one", ANY, deep), admin=person("kim"))
    assert Running(chosen).asked == ["kim"]
    with pytest.raises(CrmError) as refused:
        Running(line(node("one", ANY, "fu"), node("two", ANY, deep)), company=staff("adam"))
    assert refused.value.rule == "nobody_is_left_to_decide"


def test_whoever_is_disabled_is_represented_left_out_or_replaced() -> None:
    away = staff("fu", delegates={"fu": ("kim",)})
    assert Running(line(node("one", ALL, "fu", "mei")), company=away).asked == ["kim", "mei"]
    alone = staff("fu")
    assert Running(line(node("one", ALL, "fu", "mei")), company=alone).asked == ["adam", "mei"]
    assert Running(line(node("one", ANY, "fu", "mei")), company=alone).asked == ["mei"]
    undelegated = line(node("one", ALL, "fu", "mei"), allows=without(FlowAllowance.DELEGATE))
    assert Running(undelegated, company=away).asked == ["adam", "mei"]
    to_himself = staff("fu", delegates={"fu": ("sun",)})
    assert Running(line(node("one", ALL, "fu", "mei")), company=to_himself).asked == ["adam", "mei"]


def test_a_delegate_decides_on_behalf_of_whom_he_represents() -> None:
    asked = Running(line(node("one", ALL, "mei", "fu")))
    assert asked.refuses("decide", "kim", ApprovalVerdict.APPROVE)[0] == FORBIDDEN
    asked.decide("kim", ApprovalVerdict.APPROVE, None, represents=("mei", "fu"), on_behalf_of="fu")
    assert (asked.steps[-1].by, asked.steps[-1].on_behalf_of) == (who("kim"), who("fu"))
    assert asked.asked == ["mei"]
    asked.decide("kim", ApprovalVerdict.APPROVE, None, represents=("mei", "fu"))
    assert (asked.state, asked.steps[-1].on_behalf_of) == ("APPROVED", who("mei"))
    strict = Running(line(node("one", ALL, "mei"), allows=without(FlowAllowance.DELEGATE)))
    assert strict.refuses("decide", "kim", ApprovalVerdict.APPROVE, represents=("mei",))[0] == FORBIDDEN


def test_his_own_question_comes_before_that_of_whom_he_represents() -> None:
    asked = Running(line(node("one", ALL, "kim", "mei")))
    asked.decide("kim", ApprovalVerdict.APPROVE, None, represents=("mei",))
    assert (asked.asked, asked.steps[-1].on_behalf_of) == (["mei"], None)


def test_who_said_yes_at_the_node_before_is_not_asked_again() -> None:
    twice = Running(line(node("one", ANY, "mei"), node("two", ALL, "mei", "fu"), node("three", ANY, "mei")))
    twice.yes("mei")
    assert (twice.asked, twice.steps[-1].kind) == (["fu"], StepKind.REPEATED)
    twice.yes("fu")
    assert twice.state == "APPROVED"
    asked = Running(line(node("one", ANY, "mei"), node("two", ANY, "mei"), asks_again=True))
    asked.yes("mei")
    assert (asked.state, asked.asked) == ("PENDING", ["mei"])
    apart = Running(line(node("one", ANY, "mei"), node("two", ANY, "fu"), node("three", ANY, "mei")))
    apart.yes("mei", "fu")
    assert apart.asked == ["mei"]
    represented = Running(line(node("one", ANY, "mei"), node("two", ANY, "mei")))
    represented.decide("kim", ApprovalVerdict.APPROVE, None, represents=("mei",))
    assert represented.asked == ["mei"]


def test_an_initiator_urges_once_an_hour() -> None:
    asked = Running(line(node("one", SEQUENCE, "mei", "fu")))
    assert asked.refuses("urge", "mei") == (FORBIDDEN, "only_the_initiator_does_this")
    asked.urge("sun")
    assert asked.steps[-1].concerns == (who("mei"),)
    asked.now = NOW + timedelta(minutes=59)
    assert asked.refuses("urge", "sun") == ("LIMIT_EXCEEDED", "an_approver_is_urged_now_and_then")
    asked.now = NOW + timedelta(minutes=60)
    asked.urge("sun")


def test_questions_of_somebody_disabled_go_to_his_delegate_or_the_administrator() -> None:
    asked = Running(line(node("one", SEQUENCE, "fu", "mei")))
    asked.company = staff("fu", delegates={"fu": ("kim",)})
    asked.reroute("fu")
    assert asked.asked == ["kim"]
    waiting = Running(line(node("one", SEQUENCE, "fu", "mei")))
    waiting.company = staff("mei")
    waiting.reroute("mei")
    waiting.yes("fu")
    assert waiting.asked == ["adam"]
    nobody = Running(line(node("one", ANY, "fu")))
    nobody.company = staff("fu", "adam")
    nobody.reroute("fu")
    assert nobody.asked == ["fu"]


def test_questions_asked_by_place_follow_the_place() -> None:
    asked = Running(line(node("one", ANY, HEAD), node("two", ANY, "mei")))
    moved = asked.company
    asked.company = type(moved)(
        people=moved.people, heads={SALES: who("kim")}, roles=moved.roles, delegates=moved.delegates
    )
    asked.reroute("mei")
    assert asked.asked == ["kim"]
    named = Running(line(node("one", ANY, "mei")))
    named.company = asked.company
    named.reroute("mei")
    assert named.asked == ["mei"]


def test_detours_come_to_an_end() -> None:
    asked = Running(line(node("one", ANY, "mei")))
    for turn in range(MOST_DETOURS):
        asked.transfer(*(("mei", "fu") if turn % 2 == 0 else ("fu", "mei")))
    limit = ("LIMIT_EXCEEDED", "an_approval_makes_so_many_detours")
    assert asked.refuses("transfer", "mei", "fu") == limit
    assert asked.refuses("add", "mei", "fu") == limit
    assert asked.refuses("decide", "mei", ApprovalVerdict.RETURN) == limit
    asked.yes("mei")
    assert asked.state == "APPROVED"
