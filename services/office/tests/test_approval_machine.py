"""Random commands against a running approval: whatever is tried, in whatever order, its invariants hold (§3.8)."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from approving.firm import LINES, Running, line, node, staff, who
from crm_common.errors import CrmError
from crm_common.protocol.office.approvals_states import ApprovalState, ApprovalVerdict, TaskState
from crm_common.protocol.office.flows_plan import NodeWay, Resumption
from office.domain import flow
from office.domain.approval import DECIDED, MOST_DETOURS, Approval

NAMES = st.sampled_from(sorted(LINES))
WAYS = st.sampled_from(list(NodeWay))
VERDICTS = st.sampled_from(list(ApprovalVerdict))
PEOPLE = st.lists(NAMES, min_size=1, max_size=3, unique=True)
ENDS = (ApprovalState.APPROVED, ApprovalState.REJECTED, ApprovalState.WITHDRAWN)


class Approving(RuleBasedStateMachine):
    """People try everything; what is refused changes nothing, what passes keeps the invariants."""

    running: Running
    before: Approval

    @initialize(
        nodes=st.lists(st.tuples(WAYS, PEOPLE), min_size=1, max_size=3),
        initiator=st.sampled_from(["sun", "mei", "odo"]),
        resumes=st.sampled_from(list(Resumption)),
        again=st.booleans(),
    )
    def begin(self, nodes: list[tuple[NodeWay, list[str]]], initiator: str, resumes: Resumption, again: bool) -> None:
        made = [node(f"n{place}", way, *people) for place, (way, people) in enumerate(nodes)]
        self.running = Running(line(*made, resumes=resumes, asks_again=again), initiator)
        self.before = self.running.approval

    def attempt(self, what: str, *given: object, **more: object) -> None:
        self.before = self.running.approval
        with suppress(CrmError):
            getattr(self.running, what)(*given, **more)

    @rule(
        name=NAMES, verdict=st.sampled_from(list(ApprovalVerdict)), comment=st.sampled_from(["no", None]), other=NAMES
    )
    def decide(self, name: str, verdict: ApprovalVerdict, comment: str | None, other: str) -> None:
        self.attempt("decide", name, verdict, comment, represents=(other,))

    @rule(name=NAMES)
    def agree(self, name: str) -> None:
        self.attempt("yes", name)

    @rule(name=NAMES, to=NAMES)
    def transfer(self, name: str, to: str) -> None:
        self.attempt("transfer", name, to)

    @rule(name=NAMES, signer=NAMES)
    def add(self, name: str, signer: str) -> None:
        self.attempt("add", name, signer)

    @rule(name=NAMES, amount=st.sampled_from(["3.00", "4.00"]))
    def resubmit(self, name: str, amount: str) -> None:
        self.attempt("resubmit", name, amount=amount)

    @rule(name=NAMES)
    def withdraw(self, name: str) -> None:
        self.attempt("withdraw", name)

    @rule(name=NAMES, minutes=st.integers(0, 90))
    def urge(self, name: str, minutes: int) -> None:
        self.running.now += timedelta(minutes=minutes)
        self.attempt("urge", name)

    @rule(name=st.sampled_from(["mei", "odo", "fu", "kim"]), back=st.booleans())
    def leave(self, name: str, back: bool) -> None:
        self.running.company = staff(name, delegates={name: ("kim", "fu")})
        self.attempt("reroute", name)
        if back:
            self.running.company = staff()

    @rule(name=NAMES, to=PEOPLE)
    def hand_over(self, name: str, to: list[str]) -> None:
        self.attempt("hand_over", name, *to)

    @invariant()
    def nothing_happens_after_the_end(self) -> None:
        if self.before.state in ENDS:
            assert self.running.approval == self.before

    @invariant()
    def somebody_is_asked_exactly_while_it_is_pending(self) -> None:
        assert bool(self.running.asked) is (self.running.approval.state is ApprovalState.PENDING)

    @invariant()
    def everybody_decides_once_at_a_node_and_never_on_his_own_request(self) -> None:
        tasks = self.running.approval.tasks
        said = Counter((each.round, each.node, each.approver_id) for each in tasks if each.state in DECIDED)
        assert max(said.values(), default=0) <= 1
        initiator = self.running.approval.initiator_id
        assert all(initiator not in (each.approver_id, each.decided_by) for each in tasks)

    @invariant()
    def what_is_asked_for_changes_only_when_it_is_submitted_again(self) -> None:
        now = self.running.approval
        if now.round == self.before.round:
            assert (now.form, now.hash, now.path) == (self.before.form, self.before.hash, self.before.path)
        else:
            assert (self.before.state, now.round) == (ApprovalState.RETURNED, self.before.round + 1)

    @invariant()
    def approved_is_what_every_node_of_the_last_round_agreed_to(self) -> None:
        now = self.running.approval
        assert now.detours <= MOST_DETOURS
        if now.state is not ApprovalState.APPROVED:
            return
        for key in now.path:
            asked = [each for each in now.tasks if each.node == key and not each.added]
            last = max(each.round for each in asked)
            said = [each.state is TaskState.APPROVED for each in asked if each.round == last]
            way = flow.node(self.running.plan, key).way
            assert any(said) if way is NodeWay.ANY else all(said)
        assert who("sun") not in {each.decided_by for each in now.tasks} or now.initiator_id != who("sun")


TestApproving = Approving.TestCase
TestApproving.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
