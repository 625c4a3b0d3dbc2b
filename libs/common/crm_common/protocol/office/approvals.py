"""Approvals (OFC-24, 26): what somebody asks for, who decides on it, what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import Command, GetQuery, ListQuery, Setting, given
from crm_common.protocol.office.approvals_states import (
    ApprovalBox,
    ApprovalState,
    ApprovalVerdict,
    AskedWhy,
    StepKind,
    TaskState,
)
from crm_common.protocol.office.flows import FlowId, Kind
from crm_common.protocol.office.flows_plan import FlowField, NodeWay
from crm_common.protocol.office.service import VERSION_DOC, EmployeeId, Title, Version, office
from crm_common.protocol.policy import AUTHENTICATED, INTERNAL
from crm_common.protocol.views import Ref, child, shown

ApprovalId = Annotated[UUID, Ref("Approval")]
Comment = Annotated[str, Meta(max_length=2_000)]
FORM_DOC = "The form by the keys of the flow's fields; values as those of custom fields, numbers as texts."

URGE_MINUTES = office.setting(
    Setting("approval.urge_minutes", int, 60, "Minutes between two urgings of one approval.", minimum=1, maximum=10_080)
)


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class ApprovalTaskView:
    """The question to one approver."""

    id: UUID = shown("Its id.")
    revision: int = shown("Of which revision of the form.")
    node: str = shown("The node, by its key.")
    node_name: str = shown("The node, as people read it.")
    approver_id: Annotated[UUID, Ref("Employee", record="approver")] = shown("Who is asked.")
    approver_name: str | None = shown("His name.")
    why: AskedWhy = shown("Why he is.")
    in_place_of_id: EmployeeId | None = shown("In whose place, if the flow meant somebody else.")
    state: TaskState = shown("Where it stands.")
    decided_by_id: EmployeeId | None = shown("Who decided: he, or his delegate on his behalf.")
    decided_by_name: str | None = shown("His name.")
    comment: str | None = shown("What was said.")
    decided_at: datetime | None = shown("When.")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class ApprovalStepView:
    """Something that happened to an approval."""

    id: UUID = shown("Its id.")
    kind: StepKind = shown("What happened.")
    at: datetime = shown("When.")
    revision: int = shown("Of which revision of the form.")
    node: str | None = shown("At which node, by its key.")
    by_id: EmployeeId | None = shown("Who did it; null: the system.")
    by_name: str | None = shown("His name.")
    on_behalf_of_id: EmployeeId | None = shown("On whose behalf; of a question that went to others, whose it was.")
    on_behalf_of_name: str | None = shown("His name.")
    concerns: list[EmployeeId] = shown("Whom it concerns: who is asked, who gets the task.")
    comment: str | None = shown("What was said.")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class ApprovalSnapshotView:
    """What exactly was submitted; it never changes."""

    id: UUID = shown("Its id.")
    revision: int = shown("Counts the submissions from 1.")
    form: dict[str, Any] = shown("The form.")
    hash: str = shown("SHA-256 of kind, record and form; decisions are on this.")
    at: datetime = shown("When it was submitted.")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class ApprovalView:
    """An approval: seen by who started it, who is or was asked, his delegate, and who got a copy."""

    id: UUID = shown("Its id.")
    kind: str = shown("What is approved.", filterable=True)
    title: str = shown("What it is about.", filterable=True)
    state: ApprovalState = shown("Where it stands.", filterable=True)
    flow_id: FlowId = shown("The flow it was started by.", filterable=True)
    flow_revision: int = shown("The flow's revision, which it keeps.")
    fields: list[FlowField] = shown("The form's fields.")
    record_type: str | None = shown("The kind of record that waits for it: contract, order …", filterable=True)
    record_id: UUID | None = shown("The record's key within its service.", filterable=True)
    initiator_id: Annotated[UUID, Ref("Employee", record="initiator")] = shown("Who asks.", filterable=True)
    initiator_name: str | None = shown("His name.")
    revision: int = shown("Counts the submissions from 1.")
    form: dict[str, Any] = shown("The form as it was submitted last.")
    snapshot_hash: str = shown("SHA-256 of what is approved.")
    path: list[str] = shown("The nodes it passes, by their keys.")
    node: str | None = shown("The node that is asked now.")
    is_to_do: bool = shown("Whether the viewer is asked to decide now, himself or as a delegate.")
    urged_at: datetime | None = shown("When those who are asked were urged last.")
    created_at: datetime = shown("When it was started.", filterable=True, sortable=True)
    updated_at: datetime = shown("When something happened to it last.", filterable=True, sortable=True)
    ended_at: datetime | None = shown("When it ended.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when deciding.")
    tasks: list[ApprovalTaskView] = child("Who was and is asked, in order.", limit=100)
    steps: list[ApprovalStepView] = child("What happened, in order.", limit=100)
    snapshots: list[ApprovalSnapshotView] = child("Every revision of the form, first to last.", limit=100)


@office.query(AUTHENTICATED, returns=ApprovalView)
@dataclass(frozen=True, slots=True, kw_only=True)
class MyApprovals(ListQuery):
    """The viewer's approvals in one of four boxes, latest first (OFC-26)."""

    box: ApprovalBox = given("Which ones.")


@office.query(AUTHENTICATED, returns=ApprovalView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalsByIds(GetQuery):
    """Approvals by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalCounts:
    """How many approvals are in each of the viewer's boxes."""

    started: int
    """Those he started that still run."""
    to_do: int
    """Those he is asked to decide now."""
    done: int
    """Those he decided on."""
    copied: int
    """Those of which he got a copy."""


@office.query(AUTHENTICATED, returns=ApprovalCounts)
@dataclass(frozen=True, slots=True, kw_only=True)
class MyApprovalCounts:
    """How many approvals are in each of the viewer's boxes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedApprover:
    """Somebody who would be asked."""

    employee_id: EmployeeId
    """Who."""
    name: str
    """His name."""
    why: AskedWhy
    """Why he would be."""
    in_place_of_id: EmployeeId | None
    """In whose place, if the flow means somebody else."""
    in_place_of_name: str | None
    """His name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedNode:
    """A node that the form would pass."""

    node: str
    """Its key."""
    name: str
    """Its name."""
    way: NodeWay
    """How many must say yes."""
    approvers: tuple[PreviewedApprover, ...]
    """Who would be asked if it began now."""


@office.query(AUTHENTICATED, returns=tuple[PreviewedNode, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewApproval:
    """Who would decide on a form of the viewer's at each node, and why; nothing is started."""

    kind: Kind = given("What would be approved.")
    form: dict[str, Any] = given(FORM_DOC)


@office.command(AUTHENTICATED, returns={"approval": ApprovalView})
@dataclass(frozen=True, slots=True, kw_only=True)
class StartApproval(Command):
    """Ask for something: the first node of the flow in use for its kind begins."""

    kind: Kind = given("What is to be approved.")
    title: Title | None = given("What it is about; absent: the flow's name.", default=None)
    form: dict[str, Any] = given(FORM_DOC)


@office.command(INTERNAL, returns={"approval_id": ApprovalId}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class StartApprovalFor(Command):
    """Let a record of the asking service be approved; it hears what becomes of it by ``approval.approved``,
    ``.rejected``, ``.returned``, ``.withdrawn``, which carry the record and the hash of the form.

    A record waits for one approval of a kind at a time: a second one is DUPLICATE. Give an idempotency key that
    follows from the record's own change, so that repeating the call is harmless.
    """

    kind: Kind = given("What is to be approved: the flow in use for it decides.")
    record_type: Annotated[str, Meta(min_length=1, max_length=40)] = given("The record's kind: contract, order …")
    record_id: UUID = given("Its key within the asking service.")
    initiator_id: EmployeeId = given("In whose name.")
    title: Title | None = given("What it is about; absent: the flow's name.", default=None)
    form: dict[str, Any] = given(FORM_DOC)


@office.command(INTERNAL, returns={"loaded": int}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDemoApprovals(Command):
    """Let people of a demo company ask for a few things, some of them decided, if nobody asked for anything yet."""

    initiator_ids: tuple[EmployeeId, ...] = given("Who asks, one after the other.")


@office.command(AUTHENTICATED, returns={"approval": ApprovalView})
@dataclass(frozen=True, slots=True, kw_only=True)
class DecideApproval(Command):
    """Approve, reject or return what one is asked; whoever rejects or returns says why."""

    id: ApprovalId = given("The approval.")
    version: Version = given(VERSION_DOC)
    verdict: ApprovalVerdict = given("What one decides.")
    comment: Comment | None = given("What one says; needed to reject or return.", default=None)
    on_behalf_of_id: EmployeeId | None = given("For whom, where a delegate could decide for several.", default=None)


@office.command(AUTHENTICATED, returns={"approval": ApprovalView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ResubmitApproval(Command):
    """Submit again what was returned, as a new revision of its form."""

    id: ApprovalId = given("The approval.")
    version: Version = given(VERSION_DOC)
    form: dict[str, Any] = given(FORM_DOC)


@office.command(AUTHENTICATED, returns={"approval": ApprovalView})
@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawApproval(Command):
    """Take back what one asked for, before anybody decided, or after it was returned."""

    id: ApprovalId = given("The approval.")
    version: Version = given(VERSION_DOC)


@office.command(AUTHENTICATED, returns={"approval": ApprovalView})
@dataclass(frozen=True, slots=True, kw_only=True)
class TransferApproval(Command):
    """Pass the question that one is asked on to somebody else, if the flow allows it."""

    id: ApprovalId = given("The approval.")
    version: Version = given(VERSION_DOC)
    employee_id: EmployeeId = given("Who is asked instead.")
    comment: Comment | None = given("Why.", default=None)


@office.command(AUTHENTICATED, returns={"approval": ApprovalView})
@dataclass(frozen=True, slots=True, kw_only=True)
class AddApprovalSigner(Command):
    """Let somebody else decide before oneself, if the flow allows it; after his yes one is asked again."""

    id: ApprovalId = given("The approval.")
    version: Version = given(VERSION_DOC)
    employee_id: EmployeeId = given("Who is asked first.")
    comment: Comment | None = given("Why.", default=None)


@office.command(AUTHENTICATED, returns={"approval": ApprovalView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UrgeApproval(Command):
    """Tell those who are asked once more; not more often than approval.urge_minutes say."""

    id: ApprovalId = given("The approval.")
