"""Who is asked instead of an approver who was disabled, moved, or handed over what he had. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    return _passed_on(approval, gone, lambda held, task: _instead(held, task, asking))


def handed_over(approval: Approval, gone: UUID, to: Sequence[UUID], asking: Asking) -> Run:
    """The questions that wait for ``gone`` go to the first of ``to`` who can be asked, else to the administrator."""

    def instead(held: Approval, task: Task) -> Asked | None:
        taken = holders(held)
        receiver = next((each for each in to if each not in taken and asking.may_be_asked(each)), None)
        if receiver is not None:
            return Asked(employee_id=receiver, why=AskedWhy.TRANSFERRED, in_place_of=gone)
        return _administrator(asking, task.node, taken)

    return _passed_on(approval, gone, instead)


def _passed_on(approval: Approval, gone: UUID, who: Callable[[Approval, Task], Asked | None]) -> Run:
    steps: list[Step] = []
    if approval.state is not ApprovalState.PENDING:
        return approval, ()
    for task in approval.present:
        if task.approver_id != gone or task.state not in WAITING:
            continue
        instead = who(approval, task)
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
