"""What is told before anything is started: who would decide, and why; and how many approvals wait in which box."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from crm_common.protocol.office.approval_rules import ApprovalRules
from crm_common.protocol.office.approvals import (
    ApprovalCounts,
    PreviewApproval,
    PreviewedApprover,
    PreviewedNode,
)
from crm_common.store import Store
from office.domain import flow, flow_form
from office.domain.approval_staffing import Asked, Staff
from office.store import approvals
from office.usecases.approval_asking import Prepared


def preview(prepared: Prepared | None, query: PreviewApproval) -> tuple[PreviewedNode, ...]:
    """The nodes that the form would pass, and whom they would ask if they began now."""
    if prepared is None:
        raise ApprovalRules.there_is_no_flow_for_this(field="kind", kind=query.kind)
    if prepared.initiator is None:
        raise ApprovalRules.an_active_employee_asks()
    fields, asking = prepared.revision.fields, prepared.asking
    form = flow_form.checked(fields, query.form)
    nodes = (flow.node(asking.plan, key) for key in _path(prepared, form))
    return tuple(
        PreviewedNode(
            node=each.key, name=each.name, way=each.way,
            approvers=tuple(_shown(one, asking.staff) for one in asking.asked(each)),
        )
        for each in nodes
    )  # fmt: skip


def counts(store: Store, me: UUID, now: datetime) -> ApprovalCounts:
    """How many approvals are in each of somebody's boxes."""
    started, to_do, done, copied = approvals.counts(store, me, now)
    return ApprovalCounts(started=started, to_do=to_do, done=done, copied=copied)


def _path(prepared: Prepared, form: dict[str, object]) -> tuple[str, ...]:
    assert prepared.initiator is not None
    return flow.path(prepared.asking.plan, form, prepared.revision.fields, prepared.initiator.department_path)


def _shown(asked: Asked, staff: Staff) -> PreviewedApprover:
    replaced = staff.people.get(asked.in_place_of) if asked.in_place_of else None
    return PreviewedApprover(
        employee_id=asked.employee_id, name=staff.people[asked.employee_id].name, why=asked.why,
        in_place_of_id=asked.in_place_of,
        in_place_of_name=None if replaced is None else replaced.name,
    )  # fmt: skip
