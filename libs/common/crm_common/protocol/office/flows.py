"""Approval flows (OFC-24, 25): data that people draw and publish; what runs keeps the revision it began with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.flows_plan import FlowField, FlowPlan, Label
from crm_common.protocol.office.service import VERSION_DOC, Text, Version, office
from crm_common.protocol.policy import AUTHENTICATED, needs
from crm_common.protocol.views import Ref, child, shown

EDIT_FLOWS = needs("flow.edit")
SEE_FLOWS = needs("flow.view", "flow.edit")
FlowId = Annotated[UUID, Ref("ApprovalFlow")]
Kind = Annotated[str, Meta(min_length=1, max_length=40)]
Fields = Annotated[tuple[FlowField, ...], Meta(max_length=100)]

LEAVE = "leave"
"""The kind of a leave. Its form: ``leaveKind`` (ANNUAL, SICK, PERSONAL, MARRIAGE, MATERNITY, PATERNITY, BEREAVEMENT,
COMPENSATORY or OTHER), ``from`` and ``to`` (days, both included), ``fromHalf`` and ``toHalf`` (MORNING or AFTERNOON;
absent: from the morning of the first day, to the afternoon of the last), ``reason``. Whoever hears
``approval.approved`` of it within office reads the form by ``office.store.approvals.submitted``."""


class FlowState(StrEnum):
    """Where a flow stands."""

    DRAFT = "DRAFT"
    """It was never published."""
    PUBLISHED = "PUBLISHED"
    """Approvals of its kind are started by it."""
    ARCHIVED = "ARCHIVED"
    """Nothing is started by it any more; what runs goes on."""


@office.view(SEE_FLOWS)
@dataclass(slots=True, kw_only=True)
class FlowRevisionView:
    """A published revision of a flow; it never changes."""

    id: UUID = shown("Its id.")
    revision: int = shown("Counts the publications of the flow from 1.")
    fields: list[FlowField] = shown("The form.")
    plan: FlowPlan = shown("The graph and its rules.")
    published_at: datetime = shown("When it was published.")
    published_by_name: str | None = shown("Who published it.")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class ApprovalFlowView:
    """A flow: the form people fill in, and who decides on it. Everybody sees those in use, editors all."""

    id: UUID = shown("Its id.")
    kind: str = shown("What it approves: leave, expense, contract or a company's own word.", filterable=True)
    name: str = shown("Its name, in Chinese or in the only language there is.", filterable=True, sortable=True)
    name_en: str | None = shown("Its name in English.")
    description: str | None = shown("What people read before they start it.")
    state: FlowState = shown("Where it stands.", filterable=True)
    revision: int = shown("The revision in use; 0 before the first publication.")
    fields: list[FlowField] = shown("The form of the revision in use.")
    draft_fields: list[FlowField] = shown("The form as it is being edited.", policy=SEE_FLOWS)
    draft: FlowPlan | None = shown("The graph as it is being edited.", policy=SEE_FLOWS)
    is_edited: bool = shown("Whether it was changed since it was published.", policy=SEE_FLOWS)
    published_at: datetime | None = shown("When the revision in use was published.")
    updated_at: datetime = shown("When it was changed last.")
    version: int = shown("Counts its changes; send it back when editing.")
    revisions: list[FlowRevisionView] = child("Its revisions, latest first.", limit=100)


@office.query(AUTHENTICATED, returns=ApprovalFlowView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalFlows(ListQuery):
    """Flows by name: those that can be started, for editors also drafts and archived ones."""


@office.query(AUTHENTICATED, returns=ApprovalFlowView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalFlowsByIds(GetQuery):
    """Flows by id."""


@office.command(EDIT_FLOWS, returns={"flow": ApprovalFlowView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateFlow(Command):
    """Draw a flow. It is refused where it could not end or would ask nobody; it is used when it is published."""

    kind: Kind = given("What it approves; a word of small letters, digits and underscores.")
    name: Label = given("Its name, in Chinese or in the only language there is.")
    name_en: Label | None = given("Its name in English.", default=None)
    description: Text | None = given("What people read before they start it.", default=None)
    fields: Fields = given("The form, in its order.", default=())
    plan: FlowPlan = given("The graph and its rules.")


@office.command(EDIT_FLOWS, returns={"flow": ApprovalFlowView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFlow(Command):
    """Change a flow. What is in use stays as it was published until it is published again."""

    id: FlowId = given("The flow.")
    version: Version = given(VERSION_DOC)
    name: Label | UnsetType = given("Its name.", default=UNSET)
    name_en: Label | UnsetType | None = given("Its name in English.", default=UNSET)
    description: Text | UnsetType | None = given("What people read before they start it.", default=UNSET)
    fields: Fields | UnsetType = given("The form, in its order.", default=UNSET)
    plan: FlowPlan | UnsetType = given("The graph and its rules.", default=UNSET)


@office.command(EDIT_FLOWS, returns={"flow": ApprovalFlowView})
@dataclass(frozen=True, slots=True, kw_only=True)
class PublishFlow(Command):
    """Use the flow as it stands for everything that is started from now on; what runs keeps its revision."""

    id: FlowId = given("The flow.")
    version: Version = given(VERSION_DOC)


@office.command(EDIT_FLOWS, returns={"flow": ApprovalFlowView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFlow(Command):
    """Start nothing by the flow any more; what runs goes on. Another flow of its kind can be published then."""

    id: FlowId = given("The flow.")
    version: Version = given(VERSION_DOC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowEvent(Event):
    """What every event of a flow tells."""

    flow_id: UUID
    kind: str
    name: str


@office.event("flow.created", subject="flow_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class FlowCreated(FlowEvent):
    """A flow was drawn."""


@office.event("flow.updated", subject="flow_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class FlowUpdated(FlowEvent):
    """A flow was changed; what is in use was not."""

    fields: tuple[str, ...]
    """What was changed of it: name, name_en, description, fields, plan."""


@office.event("flow.published", subject="flow_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPublished(FlowEvent):
    """A revision of a flow is in use."""

    revision: int
    form: tuple[FlowField, ...]
    plan: FlowPlan


@office.event("flow.archived", subject="flow_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class FlowArchived(FlowEvent):
    """A flow is out of use."""
