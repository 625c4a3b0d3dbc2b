"""The rows of features §3.8: start, decide, submit again, withdraw, transfer, add a signer, urge. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from crm_common.protocol.office.approval_rules import ApprovalRules
from crm_common.protocol.office.approvals_states import ApprovalState, ApprovalVerdict, AskedWhy, StepKind, TaskState
from crm_common.protocol.office.flows_plan import FlowAllowance, FlowPlan, Resumption
from office.domain import flow
from office.domain.approval import (
    DECIDED,
    Approval,
    Step,
    Task,
    closed,
    detoured,
    ended,
    expect_initiator,
    expect_pending,
    expect_running,
    holders,
    open_tasks,
    with_task,
)
from office.domain.approval_running import NewId, Run, agreed, begun, going_on
from office.domain.approval_staffing import Asking


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who decides; ``represents``: those who made him their delegate for this kind, now."""

    actor_id: UUID
    represents: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is decided; ``on_behalf_of`` names whom a delegate decides for, where he could for several."""

    verdict: ApprovalVerdict
    comment: str | None = None
    on_behalf_of: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A new revision of the form, with its hash and the nodes it passes."""

    form: Mapping[str, Any]
    hash: str
    path: tuple[str, ...]


def started(draft: Approval, asking: Asking, now: datetime, new_id: NewId) -> Run:
    """DRAFT → PENDING: every node of its path has somebody to ask, at worst the flow's administrator."""
    for key in draft.path:
        asking.asked(flow.node(asking.plan, key))
    after, steps = begun(replace(draft, state=ApprovalState.PENDING, place=0), asking, now, new_id)
    return after, (Step(kind=StepKind.STARTED, by=draft.initiator_id), *steps)


def decided(
    approval: Approval, decision: Decision, acting: Acting, asking: Asking, *, now: datetime, new_id: NewId
) -> Run:
    """PENDING → the next node, APPROVED, REJECTED or RETURNED."""
    expect_pending(approval)
    task = _task_of(approval, acting, asking.plan, decision.on_behalf_of)
    comment = (decision.comment or "").strip() or None
    if decision.verdict is not ApprovalVerdict.APPROVE and comment is None:
        raise ApprovalRules.a_refusal_says_why(field="comment")
    answered = replace(task, decided_by=acting.actor_id, decided_at=now, comment=comment)
    step = Step(
        kind=_STEPS[decision.verdict], by=acting.actor_id, node=task.node, comment=comment,
        on_behalf_of=None if task.approver_id == acting.actor_id else task.approver_id,
        concerns=(approval.initiator_id,),
    )  # fmt: skip
    if decision.verdict is ApprovalVerdict.APPROVE:
        after, steps = going_on(agreed(approval, answered), asking, now, new_id)
        return after, (step, *steps)
    if decision.verdict is ApprovalVerdict.REJECT:
        refused = with_task(approval, replace(answered, state=TaskState.REJECTED))
        return ended(refused, ApprovalState.REJECTED, now), (step,)
    _expect_allowed(asking.plan, FlowAllowance.RETURN)
    returned = with_task(detoured(approval), replace(answered, state=TaskState.RETURNED))
    return replace(closed(returned), state=ApprovalState.RETURNED), (step,)


def resubmitted(
    approval: Approval, edited: Edited, actor_id: UUID, asking: Asking, *, now: datetime, new_id: NewId
) -> Run:
    """RETURNED → PENDING: a new revision of what is asked for, from the first node or from the one that returned it."""
    expect_running(approval)
    expect_initiator(approval, actor_id)
    if approval.state is not ApprovalState.RETURNED:
        raise ApprovalRules.only_a_returned_approval_is_submitted_again()
    for key in edited.path:
        asking.asked(flow.node(asking.plan, key))
    known = approval.path[: approval.place + 1]
    on = asking.plan.resumes is Resumption.NODE and edited.path[: approval.place + 1] == known
    draft = replace(
        approval, round=approval.round + 1, form=dict(edited.form), hash=edited.hash, path=edited.path,
        place=approval.place if on else 0, state=ApprovalState.PENDING, urged_at=None,
    )  # fmt: skip
    after, steps = begun(draft, asking, now, new_id)
    return after, (Step(kind=StepKind.RESUBMITTED, by=actor_id), *steps)


def withdrawn(approval: Approval, actor_id: UUID, plan: FlowPlan, now: datetime) -> Run:
    """PENDING → WITHDRAWN before the first decision; what was returned may always be given up."""
    expect_running(approval)
    expect_initiator(approval, actor_id)
    if approval.state is ApprovalState.PENDING:
        _expect_allowed(plan, FlowAllowance.WITHDRAW)
        if any(each.state in DECIDED for each in approval.tasks):
            raise ApprovalRules.a_decided_approval_is_not_withdrawn()
    asked = tuple(each.approver_id for each in open_tasks(approval))
    step = Step(kind=StepKind.WITHDRAWN, by=actor_id, concerns=asked)
    return ended(approval, ApprovalState.WITHDRAWN, now), (step,)


def transferred(approval: Approval, actor_id: UUID, to: UUID, asking: Asking, comment: str | None) -> Run:
    """The open question of an approver goes to somebody else."""
    expect_pending(approval)
    task = _task_of(approval, Acting(actor_id=actor_id), asking.plan, None)
    _expect_allowed(asking.plan, FlowAllowance.TRANSFER)
    _expect_new(approval, to, asking)
    passed = replace(task, approver_id=to, why=AskedWhy.TRANSFERRED, in_place_of=actor_id)
    step = Step(kind=StepKind.TRANSFERRED, by=actor_id, node=task.node, concerns=(to,), comment=comment)
    return with_task(detoured(approval), passed), (step,)


def signer_added(
    approval: Approval, actor_id: UUID, signer: UUID, asking: Asking, *, comment: str | None, new_id: NewId
) -> Run:
    """Somebody else is asked first; after his yes the question comes back to whoever asked for him."""
    expect_pending(approval)
    task = _task_of(approval, Acting(actor_id=actor_id), asking.plan, None)
    _expect_allowed(asking.plan, FlowAllowance.ADD_SIGN)
    _expect_new(approval, signer, asking)
    added = Task(
        id=new_id(), round=task.round, node=task.node, approver_id=signer, why=AskedWhy.ADDED, added=True,
        in_place_of=None,
    )  # fmt: skip
    after = with_task(detoured(approval), replace(task, state=TaskState.QUEUED, after=added.id))
    step = Step(kind=StepKind.SIGNER_ADDED, by=actor_id, node=task.node, concerns=(signer,), comment=comment)
    return replace(after, tasks=(*after.tasks, added)), (step,)


def urged(approval: Approval, actor_id: UUID, *, every_minutes: int, now: datetime) -> Run:
    """Whoever is asked right now is told again, not more often than every so many minutes."""
    expect_pending(approval)
    expect_initiator(approval, actor_id)
    if approval.urged_at is not None and now - approval.urged_at < timedelta(minutes=every_minutes):
        raise ApprovalRules.an_approver_is_urged_now_and_then(minutes=every_minutes)
    asked = tuple(each.approver_id for each in open_tasks(approval))
    step = Step(kind=StepKind.URGED, by=actor_id, node=approval.node, concerns=asked)
    return replace(approval, urged_at=now), (step,)


_STEPS = {
    ApprovalVerdict.APPROVE: StepKind.APPROVED,
    ApprovalVerdict.REJECT: StepKind.REJECTED,
    ApprovalVerdict.RETURN: StepKind.RETURNED,
}


def _task_of(approval: Approval, acting: Acting, plan: FlowPlan, on_behalf_of: UUID | None) -> Task:
    """The open question that the actor answers, his own before those of people he represents."""
    if acting.actor_id == approval.initiator_id:
        raise ApprovalRules.nobody_decides_on_his_own_request()
    represents = acting.represents if FlowAllowance.DELEGATE in plan.allows else frozenset()
    people = [acting.actor_id, *sorted(represents, key=str)]
    if on_behalf_of is not None:
        people = [each for each in people if each == on_behalf_of]
    mine = [each for who in people for each in approval.present if each.approver_id == who]
    for task in mine:
        if task.state is TaskState.OPEN:
            return task
    if any(each.state is TaskState.QUEUED for each in mine):
        raise ApprovalRules.it_is_another_approver_s_turn()
    if any(each.state in DECIDED for each in mine):
        raise ApprovalRules.an_approver_decides_once()
    raise ApprovalRules.only_an_approver_of_the_node_decides()


def _expect_allowed(plan: FlowPlan, what: FlowAllowance) -> None:
    if what not in plan.allows:
        raise ApprovalRules.the_flow_does_not_allow_this(what=what.value)


def _expect_new(approval: Approval, person: UUID, asking: Asking) -> None:
    if not asking.may_be_asked(person) or person in holders(approval):
        raise ApprovalRules.this_person_cannot_be_asked(field="employee_id")
