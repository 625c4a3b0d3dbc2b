"""A small firm for the approval engine: people with superiors, flows of few words, an instance one drives by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

from crm_common.errors import CrmError
from crm_common.protocol.office.approvals_states import ApprovalState, ApprovalVerdict, TaskState
from crm_common.protocol.office.flows_plan import ApproverBy, FlowApprover, FlowBranch, FlowNode, FlowPlan, NodeWay
from office.domain import approval_deciding as deciding
from office.domain.approval import Approval, Step, open_tasks
from office.domain.approval_deciding import Acting, Decision, Edited
from office.domain.approval_rerouting import handed_over, rerouted
from office.domain.approval_staffing import Asking, Person, Staff

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TOP = "/00000000-0000-0000-0000-000000000001/"
ROOT, SALES = (UUID(int=1), UUID(int=2))
LINES = {"sun": ("mei", "adam"), "mei": ("adam",), "odo": ("adam",), "fu": ("adam",), "kim": ("adam",), "adam": ()}
"""Sun sells below Mei; Adam leads the company. Odo, Fu and Kim have roles."""


def who(name: str) -> UUID:
    """The id of somebody."""
    return uuid5(NAMESPACE_DNS, name)


def staff(*absent: str, delegates: dict[str, tuple[str, ...]] | None = None) -> Staff:
    """The firm, without the accounts of some."""
    people = {
        who(name): Person(
            id=who(name), name=name, active=name not in absent,
            department_id=SALES if name in ("sun", "mei") else ROOT,
            department_path=f"{TOP}{SALES}/" if name in ("sun", "mei") else TOP,
            line=tuple(who(each) for each in line),
        )
        for name, line in LINES.items()
    }  # fmt: skip
    return Staff(
        people=people,
        heads={SALES: who("mei"), ROOT: who("adam")},
        roles={
            "HR": tuple(who(each) for each in ("odo", "kim") if each not in absent),
            "ADMIN": tuple(who(each) for each in ("adam",) if each not in absent),
        },
        delegates={who(name): tuple(who(each) for each in found) for name, found in (delegates or {}).items()},
    )


def person(name: str) -> FlowApprover:
    """Somebody by name."""
    return FlowApprover(by=ApproverBy.PERSON, employee_id=who(name))


def node(key: str, way: NodeWay, *approvers: FlowApprover | str, to: str | None = None) -> FlowNode:
    """A node; names stand for people."""
    found = tuple(person(each) if isinstance(each, str) else each for each in approvers)
    return FlowNode(key=key, name=key, way=way, approvers=found, next=(FlowBranch(to=to),))


def line(*nodes: FlowNode, **rules: Any) -> FlowPlan:
    """A flow that passes the nodes in their order."""
    linked = [
        replace(each, next=(FlowBranch(to=following.key if following else None),))
        for each, following in zip(nodes, (*nodes[1:], None), strict=True)
    ]
    return FlowPlan(start=(FlowBranch(to=nodes[0].key),), nodes=tuple(linked), **rules)


class Running:
    """An approval that somebody started, and everything that happened to it."""

    def __init__(self, plan: FlowPlan, initiator: str = "sun", *, company: Staff | None = None) -> None:
        self.plan = plan
        self.company = company or staff()
        self.initiator = initiator
        self.steps: list[Step] = []
        self.now = NOW
        self._ids = 0
        draft = Approval(
            id=UUID(int=7), kind="leave", flow_id=UUID(int=8), flow_version_id=UUID(int=9), title="leave",
            state=ApprovalState.PENDING, initiator_id=who(initiator), record_type=None, record_id=None, round=1,
            form={"amount": "1.00"}, hash="h1", path=tuple(each.key for each in plan.nodes), place=0,
        )  # fmt: skip
        self.approval = self._done(deciding.started(draft, self.asking, self.now, self._new))

    @property
    def asking(self) -> Asking:
        """Who is asked, as the firm stands now."""
        return Asking(plan=self.plan, initiator_id=who(self.initiator), staff=self.company)

    @property
    def state(self) -> str:
        """Where it stands."""
        return self.approval.state.value

    @property
    def asked(self) -> list[str]:
        """Who is asked right now, by name."""
        names = {who(each): each for each in LINES}
        return sorted(names[each.approver_id] for each in open_tasks(self.approval))

    def tasks(self, state: TaskState) -> list[UUID]:
        """Whose questions are in this state."""
        return [each.approver_id for each in self.approval.tasks if each.state is state]

    def decide(self, name: str, verdict: ApprovalVerdict, comment: str | None = "because", **more: Any) -> None:
        """Somebody decides."""
        represents = frozenset(who(each) for each in more.pop("represents", ()))
        behalf = more.pop("on_behalf_of", None)
        decision = Decision(verdict=verdict, comment=comment, on_behalf_of=who(behalf) if behalf else None)
        acting = Acting(actor_id=who(name), represents=represents)
        run = deciding.decided(self.approval, decision, acting, self.asking, now=self.now, new_id=self._new)
        self.approval = self._done(run)

    def yes(self, *names: str) -> None:
        """They approve, one after the other."""
        for name in names:
            self.decide(name, ApprovalVerdict.APPROVE, None)

    def resubmit(self, name: str, *path: str, amount: str = "2.00") -> None:
        """The initiator edits and submits again."""
        nodes = path or tuple(each.key for each in self.plan.nodes)
        edited = Edited(form={"amount": amount}, hash=f"h{amount}", path=nodes)
        run = deciding.resubmitted(self.approval, edited, who(name), self.asking, now=self.now, new_id=self._new)
        self.approval = self._done(run)

    def withdraw(self, name: str) -> None:
        """Somebody takes it back."""
        self.approval = self._done(deciding.withdrawn(self.approval, who(name), self.plan, self.now))

    def transfer(self, name: str, to: str) -> None:
        """Somebody passes his task on."""
        self.approval = self._done(deciding.transferred(self.approval, who(name), who(to), self.asking, None))

    def add(self, name: str, signer: str) -> None:
        """Somebody asks another to decide before him."""
        run = deciding.signer_added(self.approval, who(name), who(signer), self.asking, comment=None, new_id=self._new)
        self.approval = self._done(run)

    def urge(self, name: str) -> None:
        """Somebody urges."""
        self.approval = self._done(deciding.urged(self.approval, who(name), every_minutes=60, now=self.now))

    def reroute(self, name: str) -> None:
        """Somebody's questions go to others."""
        self.approval = self._done(rerouted(self.approval, who(name), self.asking))

    def hand_over(self, name: str, *to: str) -> None:
        """Somebody's questions are passed on to these people."""
        self.approval = self._done(handed_over(self.approval, who(name), [who(each) for each in to], self.asking))

    def refuses(self, what: str, *given: Any, **more: Any) -> tuple[str, str]:
        """Code and rule of a command that must be refused, and change nothing."""
        before, told = self.approval, len(self.steps)
        try:
            getattr(self, what)(*given, **more)
        except CrmError as refusal:
            assert self.approval == before
            assert len(self.steps) == told
            return refusal.code.value, refusal.rule
        raise AssertionError(f"{what}{given} was not refused: {self.approval}")

    def _done(self, run: tuple[Approval, tuple[Step, ...]]) -> Approval:
        self.steps += run[1]
        return run[0]

    def _new(self) -> UUID:
        self._ids += 1
        return UUID(int=1000 + self._ids)
