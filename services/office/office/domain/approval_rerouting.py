"""Who is asked instead of an approver who was disabled or moved. Pure."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from crm_common.errors import CrmError
from crm_common.protocol.office.approvals_states import ApprovalState, AskedWhy, StepKind
from office.domain import flow
from office.domain.approval import WAITING, Approval, Step, Task, holders, with_task
from office.domain.approval_running import Run
from office.domain.approval_staffing import Asked, Asking

_BY_PLACE = frozenset({AskedWhy.ROLE, AskedWhy.SUPERIOR, AskedWhy.TOP, AskedWhy.HEAD, AskedWhy.INITIATOR_REPLACED})
"""Why somebody is asked as long as he is where he is."""


def rerouted(approval: Approval, gone: UUID, asking: Asking) -> Run:
    """The questions that wait for ``gone`` go to others, if he may not answer them any more; else nothing happens."""
    steps: list[Step] = []
    if approval.state is not ApprovalState.PENDING:
        return approval, ()
    for task in approval.present:
        if task.approver_id != gone or task.state not in WAITING:
            continue
        instead = _instead(approval, task, asking)
        if instead is None:
            continue
        approval = with_task(
            approval, replace(task, approver_id=instead.employee_id, why=instead.why, in_place_of=gone)
        )
        steps.append(Step(kind=StepKind.REROUTED, node=task.node, on_behalf_of=gone, concerns=(instead.employee_id,)))
    return approval, tuple(steps)


def _instead(approval: Approval, task: Task, asking: Asking) -> Asked | None:
    """Who is asked in his place; None where he stays, also because there is nobody at all."""
    node = flow.node(asking.plan, task.node)
    try:
        wanted = asking.asked(node)
    except CrmError:
        wanted = ()
    there = asking.staff.is_active(task.approver_id)
    if there and (task.why not in _BY_PLACE or any(each.employee_id == task.approver_id for each in wanted)):
        return None
    held = holders(approval)
    by_place = task.why in _BY_PLACE
    for each in wanted:
        if each.employee_id not in held and (by_place or each.in_place_of == task.approver_id):
            return each
    delegate = asking.stand_in(task.approver_id)
    if delegate is not None and delegate not in held:
        return Asked(employee_id=delegate, why=AskedWhy.ABSENT_REPLACED, in_place_of=task.approver_id)
    return _administrator(asking, node.key, held)


def _administrator(asking: Asking, key: str, held: frozenset[UUID]) -> Asked | None:
    try:
        admins = asking.administrators(flow.node(asking.plan, key))
    except CrmError:
        return None
    found = next((each for each in admins if each not in held), None)
    return None if found is None else Asked(employee_id=found, why=AskedWhy.FLOW_ADMIN)
