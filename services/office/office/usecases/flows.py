"""Commands about flows (OFC-24, 25)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.protocol.office.approval_rules import FlowRules
from crm_common.protocol.office.flows import (
    ArchiveFlow,
    CreateFlow,
    FlowArchived,
    FlowCreated,
    FlowPublished,
    FlowUpdated,
    PublishFlow,
    UpdateFlow,
)
from office.domain import flow_editing
from office.domain.flow_editing import Flow
from office.store import flows


def create_flow(change: Change, command: CreateFlow) -> dict[str, Any]:
    """A flow that is drawn."""
    made = flow_editing.created(change.new_id(), command)
    flows.insert(change.connection, made, change.now)
    change.record(FlowCreated(**_told(made)))
    return {"flow": made.id}


def update_flow(change: Change, command: UpdateFlow) -> dict[str, Any]:
    """A flow as it is changed; what is in use stays."""
    before = _existing(change, command.id)
    after = flow_editing.updated(before, command)
    if after != before:
        flows.save(change.connection, after, change.now)
        changed = tuple(name for name in difference(before, after) if name != "is_edited")
        change.record(FlowUpdated(**_told(after), fields=changed))
    return {"flow": after.id}


def publish_flow(change: Change, command: PublishFlow) -> dict[str, Any]:
    """A flow in use as it stands, for what is started from now on."""
    before = _existing(change, command.id)
    other = flows.in_use(change.connection, before.kind, before.id)
    if other is not None:
        raise FlowRules.a_kind_has_one_flow_in_use(field="id", name=other)
    after = flow_editing.published(before, command.version, change.new_id())
    if after != before:
        flows.publish(change.connection, after, change.context.authenticated().id, change.now)
        flows.save(change.connection, after, change.now)
        change.record(FlowPublished(**_told(after), revision=after.revision, form=after.fields, plan=after.plan))
    return {"flow": after.id}


def archive_flow(change: Change, command: ArchiveFlow) -> dict[str, Any]:
    """A flow out of use."""
    before = _existing(change, command.id)
    after = flow_editing.archived(before, command.version)
    flows.save(change.connection, after, change.now)
    change.record(FlowArchived(**_told(after)))
    return {"flow": after.id}


def _told(flow: Flow) -> dict[str, Any]:
    return {"flow_id": flow.id, "kind": flow.kind, "name": flow.name}


def _existing(change: Change, flow_id: UUID) -> Flow:
    found = flows.locked(change.connection, flow_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    return found
