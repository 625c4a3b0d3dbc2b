"""What happens to approvals: whoever waits for one hears its end by ``approval.approved`` and its like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from crm_common.protocol.declare import Event
from crm_common.protocol.office.approvals import ApprovalView
from crm_common.protocol.office.approvals_states import ApprovalVerdict, StepKind
from crm_common.protocol.office.service import office
from crm_common.protocol.policy import AUTHENTICATED


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalEvent(Event):
    """What every event of an approval tells: what it is about, and by its hash what exactly."""

    approval_id: UUID
    kind: str
    record_type: str | None
    record_id: UUID | None
    initiator_id: UUID
    revision: int
    snapshot_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalTurned(ApprovalEvent):
    """What begins an approval, ends it or sends it back; who subscribes to it hears them all, in their order."""

    contract: ClassVar[bool] = True


@office.event("approval.started", subject="approval_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalStarted(ApprovalTurned):
    """Somebody asked for something."""

    flow_id: UUID
    title: str


@office.event("approval.assigned", subject="approval_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAssigned(ApprovalEvent):
    """People are asked: a node began, a task was transferred, a signer added, somebody left."""

    node: str
    approver_ids: tuple[UUID, ...]
    step: StepKind


@office.event("approval.decided", subject="approval_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDecided(ApprovalEvent):
    """An approver decided, or his yes of the node before counted again."""

    node: str
    verdict: ApprovalVerdict
    decided_by: UUID
    on_behalf_of: UUID | None


@office.event("approval.urged", subject="approval_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalUrged(ApprovalEvent):
    """The initiator urged those who are asked."""

    approver_ids: tuple[UUID, ...]


@office.event("approval.resubmitted", subject="approval_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalResubmitted(ApprovalTurned):
    """What was returned was submitted again, as another revision."""


@office.event("approval.approved", subject="approval_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalApproved(ApprovalTurned):
    """Everybody who was to say yes did: what was asked for may happen. What exactly, its revision's form says."""


@office.event("approval.rejected", subject="approval_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRejected(ApprovalTurned):
    """Somebody said no."""

    decided_by: UUID
    comment: str


@office.event("approval.returned", subject="approval_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalReturned(ApprovalTurned):
    """Somebody sent it back to its initiator: the record may be edited until it is submitted again."""

    decided_by: UUID
    comment: str


@office.event("approval.withdrawn", subject="approval_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalWithdrawn(ApprovalTurned):
    """Its initiator took it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationEvent(Event):
    """What every event of a delegation tells."""

    delegation_id: UUID
    from_id: UUID
    to_id: UUID


@office.event("approval.delegated", subject="delegation_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDelegated(DelegationEvent):
    """Somebody named a delegate for a time."""

    kinds: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


@office.event("approval.delegation_ended", subject="delegation_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDelegationEnded(DelegationEvent):
    """A delegation was ended before its time."""


APPROVAL_CHANGED = office.live(
    "approval_changed",
    events=(
        ApprovalAssigned,
        ApprovalDecided,
        ApprovalResubmitted,
        ApprovalApproved,
        ApprovalRejected,
        ApprovalReturned,
        ApprovalWithdrawn,
    ),
    returns=ApprovalView,
    policy=AUTHENTICATED,
    doc="An approval that the subscriber sees changed.",
)
