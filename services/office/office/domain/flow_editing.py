"""A flow as people edit it: drawn, changed, published, archived. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.protocol.office.approval_rules import FlowRules
from crm_common.protocol.office.flows import CreateFlow, FlowState, UpdateFlow
from crm_common.protocol.office.flows_plan import FlowField, FlowPlan
from office.domain import flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A flow as it stands; ``fields`` and ``plan`` are what is edited, ``version_id`` what is in use."""

    id: UUID
    kind: str
    name: str
    name_en: str | None
    description: str | None
    state: FlowState
    fields: tuple[FlowField, ...]
    plan: FlowPlan
    revision: int
    version_id: UUID | None
    is_edited: bool
    version: int


def created(flow_id: UUID, command: CreateFlow) -> Flow:
    """A new flow that nothing is started by yet."""
    flow.check(command.fields, command.plan)
    return Flow(
        id=flow_id, kind=flow.kind_of(command.kind), name=flow.named(command.name), name_en=command.name_en,
        description=command.description, state=FlowState.DRAFT, fields=command.fields, plan=command.plan,
        revision=0, version_id=None, is_edited=True, version=1,
    )  # fmt: skip


def updated(before: Flow, command: UpdateFlow) -> Flow:
    """The flow after the command; the same one where nothing changes."""
    expect_version(before.version, command.version)
    _expect_in_use(before)
    after = replace(
        before,
        name=flow.named(chosen(command.name, before.name)),
        name_en=chosen(command.name_en, before.name_en),
        description=chosen(command.description, before.description),
        fields=chosen(command.fields, before.fields),
        plan=chosen(command.plan, before.plan),
    )
    if after == before:
        return before
    flow.check(after.fields, after.plan)
    drawn = (after.fields, after.plan) != (before.fields, before.plan)
    return replace(after, is_edited=before.is_edited or drawn, version=before.version + 1)


def published(before: Flow, version: int, version_id: UUID) -> Flow:
    """The flow in use as it stands; the same one where that is in use already."""
    expect_version(before.version, version)
    _expect_in_use(before)
    if before.state is FlowState.PUBLISHED and not before.is_edited:
        return before
    # what was accepted under older rules of the editor is asked again
    flow.check(before.fields, before.plan)
    return replace(
        before, state=FlowState.PUBLISHED, revision=before.revision + 1, version_id=version_id, is_edited=False,
        version=before.version + 1,
    )  # fmt: skip


def archived(before: Flow, version: int) -> Flow:
    """The flow out of use."""
    expect_version(before.version, version)
    _expect_in_use(before)
    return replace(before, state=FlowState.ARCHIVED, version=before.version + 1)


def _expect_in_use(before: Flow) -> None:
    if before.state is FlowState.ARCHIVED:
        raise FlowRules.an_archived_flow_stays_as_it_is()
