"""Approvals as they are shown: to whoever has to do with them, and to his delegates while they are that."""

from __future__ import annotations

from crm_common.context import Actor, ActorKind
from crm_common.protocol.office.approvals import (
    ApprovalSnapshotView,
    ApprovalStepView,
    ApprovalTaskView,
    ApprovalView,
)
from crm_common.protocol.office.approvals_delegations import ApprovalDelegationView
from crm_common.protocol.office.approvals_states import ApprovalBox
from crm_common.protocol.office.flows import ApprovalFlowView, FlowRevisionView
from crm_common.reading import Where, bind, many
from crm_common.reading.scope import Reach
from office.store.approvals import SEEN_BY, TO_DO
from office.tables.approvals import (
    approval,
    approval_delegation,
    approval_flow,
    approval_flow_version,
    approval_snapshot,
    approval_step,
    approval_task,
)

_NAME = "SELECT e.name FROM employee_ref e WHERE e.id = {{t}}.{column}"
_NODE_NAME = """
SELECT n.node ->> 'name' FROM approval a JOIN approval_flow_version v ON v.id = a.flow_version_id
    CROSS JOIN LATERAL jsonb_array_elements(v.plan -> 'nodes') AS n (node)
WHERE a.id = {t}.approval_id AND n.node ->> 'key' = {t}.node
"""
# lists of ids first, so that the few approvals are found by them and not by looking at all
_PART = """
{{t}}.id IN (SELECT p.approval_id FROM approval_part p WHERE p.employee_id = {{me}} AND p.part = '{part}')
"""
_OPEN = f"""
{{t}}.id = ANY (ARRAY(SELECT k.approval_id FROM approval_task k WHERE k.state = 'OPEN' AND k.approver_id = ANY (ARRAY(
    SELECT {{me}} UNION ALL SELECT d.from_id FROM approval_delegation d WHERE d.to_id = {{me}} AND d.ends_at > {{now}}
)))) AND {TO_DO}
"""
_VERSION = "SELECT v.{column} FROM approval_flow_version v WHERE v.id = {{t}}.{key}"


def in_box(box: ApprovalBox) -> Where:
    """The viewer's approvals of one box."""
    return _BOXES[box]


class _Concerned:
    """Whoever has to do with an approval sees it, and the service itself."""

    def kind(self, actor: Actor | None) -> str | None:
        if actor is None:
            return "NOBODY"
        return None if actor.kind is ActorKind.SYSTEM else "CONCERNED"

    def condition(self, kind: str, _reach: Reach) -> str:
        return "false" if kind == "NOBODY" else SEEN_BY.replace("{to_do}", TO_DO)

    def owners(self, _kind: str) -> None:
        return None


class _InUse:
    """Everybody sees flows that are in use; whoever sees or edits flows, all of them."""

    def kind(self, actor: Actor | None) -> str | None:
        if actor is None:
            return "NOBODY"
        editor = actor.kind is ActorKind.SYSTEM or actor.may("flow.edit") or actor.may("flow.view")
        return None if editor else "STAFF"

    def condition(self, kind: str, _reach: Reach) -> str:
        return "false" if kind == "NOBODY" else "{t}.state = 'PUBLISHED'"

    def owners(self, _kind: str) -> None:
        return None


_BOXES = {
    ApprovalBox.STARTED: Where("{t}.initiator_id = {me}", selective=True),
    ApprovalBox.TO_DO: Where(_OPEN, selective=True),
    ApprovalBox.DONE: Where(_PART.format(part="DECIDER"), selective=True),
    ApprovalBox.COPIED: Where(_PART.format(part="COPIED"), selective=True),
}

APPROVAL_TASKS = bind(
    ApprovalTaskView,
    approval_task,
    fields={
        "revision": approval_task.c.round,
        "node_name": _NODE_NAME,
        "approver_name": _NAME.format(column="approver_id"),
        "in_place_of_id": approval_task.c.in_place_of,
        "decided_by_id": approval_task.c.decided_by,
        "decided_by_name": _NAME.format(column="decided_by"),
    },
    default_order=[approval_task.c.position],
)
APPROVAL_STEPS = bind(
    ApprovalStepView,
    approval_step,
    fields={
        "revision": approval_step.c.round,
        "by_name": _NAME.format(column="by_id"),
        "on_behalf_of_id": approval_step.c.on_behalf_of,
        "on_behalf_of_name": _NAME.format(column="on_behalf_of"),
    },
    default_order=[approval_step.c.position],
)
APPROVAL_SNAPSHOTS = bind(ApprovalSnapshotView, approval_snapshot, default_order=[approval_snapshot.c.revision])
APPROVALS = bind(
    ApprovalView,
    approval,
    fields={
        "flow_revision": _VERSION.format(column="revision", key="flow_version_id"),
        "fields": _VERSION.format(column="fields", key="flow_version_id"),
        "initiator_name": _NAME.format(column="initiator_id"),
        "revision": approval.c.round,
        "snapshot_hash": approval.c.hash,
        "node": "CASE WHEN {t}.state = 'PENDING' THEN {t}.path[{t}.place + 1] END",
        "is_to_do": TO_DO,
    },
    children={
        "tasks": many(approval_task.c.approval_id, part=True),
        "steps": many(approval_step.c.approval_id, part=True),
        "snapshots": many(approval_snapshot.c.approval_id, part=True),
    },
    scope=_Concerned(),
    default_order=[approval.c.updated_at.desc()],
)
FLOW_REVISIONS = bind(
    FlowRevisionView,
    approval_flow_version,
    fields={"published_by_name": _NAME.format(column="published_by")},
    default_order=[approval_flow_version.c.revision.desc()],
)
APPROVAL_FLOWS = bind(
    ApprovalFlowView,
    approval_flow,
    fields={
        "fields": f"coalesce(({_VERSION.format(column='fields', key='version_id')}), '[]'::jsonb)",
        "draft_fields": approval_flow.c.fields,
        "draft": approval_flow.c.plan,
    },
    sort={"name": approval_flow.c.name_key},
    children={"revisions": many(approval_flow_version.c.flow_id)},
    scope=_InUse(),
    default_order=[approval_flow.c.name_key],
)
APPROVAL_DELEGATIONS = bind(
    ApprovalDelegationView,
    approval_delegation,
    fields={
        "from_name": _NAME.format(column="from_id"),
        "to_name": _NAME.format(column="to_id"),
        "is_active": "{t}.starts_at <= {now} AND {t}.ends_at > {now}",
    },
    where="({t}.from_id = {me} OR {t}.to_id = {me})",
    default_order=[approval_delegation.c.ends_at.desc()],
)
BINDINGS = (
    APPROVALS,
    APPROVAL_TASKS,
    APPROVAL_STEPS,
    APPROVAL_SNAPSHOTS,
    APPROVAL_FLOWS,
    FLOW_REVISIONS,
    APPROVAL_DELEGATIONS,
)
