"""How an approval goes on: a node begins, its rule is met, the next begins, until the end. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from crm_common.protocol.office.approvals_states import ApprovalState, StepKind, TaskState
from crm_common.protocol.office.flows_plan import NodeWay
from office.domain import flow
from office.domain.approval import Approval, Step, Task, closed, ended, with_task
from office.domain.approval_staffing import Asking

Run = tuple[Approval, tuple[Step, ...]]
NewId = Callable[[], UUID]


def begun(approval: Approval, asking: Asking, now: datetime, new_id: NewId) -> Run:
    """The node at ``place`` begins: its approvers are found now; who agreed right before is not asked again."""
    node = flow.node(asking.plan, approval.path[approval.place])
    tasks: list[Task] = []
    for each in asking.asked(node):
        before = tasks[-1].id if tasks and node.way is NodeWay.SEQUENCE else None
        tasks.append(
            Task(
                id=new_id(), round=approval.round, node=node.key, approver_id=each.employee_id, why=each.why,
                in_place_of=each.in_place_of, after=before, state=TaskState.QUEUED if before else TaskState.OPEN,
            )
        )  # fmt: skip
    step = Step(kind=StepKind.NODE_BEGUN, node=node.key, concerns=tuple(each.approver_id for each in tasks))
    started, steps = going_on(replace(approval, tasks=(*approval.tasks, *tasks)), asking, now, new_id)
    return started, (step, *steps)


def going_on(approval: Approval, asking: Asking, now: datetime, new_id: NewId) -> Run:
    """The approval as far as it comes without asking anybody: to an open question, or to its end."""
    steps: list[Step] = []
    while not _is_met(approval, asking) and (again := _agreed_before(approval, asking)) is not None:
        approval = agreed(approval, replace(again, decided_by=again.approver_id, decided_at=now))
        steps.append(Step(kind=StepKind.REPEATED, by=again.approver_id, node=again.node))
    if not _is_met(approval, asking):
        return approval, tuple(steps)
    if approval.place + 1 == len(approval.path):
        return ended(approval, ApprovalState.APPROVED, now), tuple(steps)
    further, more = begun(replace(closed(approval), place=approval.place + 1), asking, now, new_id)
    return further, (*steps, *more)


def agreed(approval: Approval, task: Task) -> Approval:
    """The approval after a yes, which opens what waited for it."""
    after = with_task(approval, replace(task, state=TaskState.APPROVED))
    for each in after.present:
        if each.after == task.id and each.state is TaskState.QUEUED:
            after = with_task(after, replace(each, state=TaskState.OPEN))
    return after


def _is_met(approval: Approval, asking: Asking) -> bool:
    node = flow.node(asking.plan, approval.path[approval.place])
    said = [each.state is TaskState.APPROVED for each in approval.present if not each.added]
    return any(said) if node.way is NodeWay.ANY else all(said)


def _agreed_before(approval: Approval, asking: Asking) -> Task | None:
    """An open question to somebody who said yes at the node before, in this same round."""
    if asking.plan.asks_again or approval.place == 0:
        return None
    before = approval.path[approval.place - 1]
    agreeing = {
        each.approver_id
        for each in approval.tasks
        if (each.round, each.node, each.state) == (approval.round, before, TaskState.APPROVED)
        # who was represented has not seen it himself
        and each.decided_by == each.approver_id and not each.added
    }  # fmt: skip
    own = (each for each in approval.present if each.state is TaskState.OPEN and not each.added)
    return next((each for each in own if each.approver_id in agreeing), None)
