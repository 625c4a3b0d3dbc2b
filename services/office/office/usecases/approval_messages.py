"""Tells people of approvals: whoever is asked and his delegates, whoever asked, whoever gets a copy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from crm_common.changes import Change
from crm_common.protocol.office.approvals_messages import ApprovalMessages
from crm_common.protocol.office.approvals_states import ApprovalState, StepKind
from crm_common.protocol.office.message_kinds import MessageKind, Subject
from office.domain.approval import Approval, Step
from office.domain.approval_staffing import Asking
from office.store import approval_delegations, people
from office.usecases import messages

_TO_INITIATOR = {
    StepKind.REJECTED: ApprovalMessages.approval_rejected,
    StepKind.RETURNED: ApprovalMessages.approval_returned,
}


def tell(
    change: Change,
    of: Approval,
    steps: Sequence[Step],
    asking: Asking,
    *,
    newly_asked: Collection[UUID],
    copied: Collection[UUID],
) -> None:
    """The messages of what happened just now."""
    initiator = asking.staff.people.get(of.initiator_id)
    common = {"title": of.title, "initiator": initiator.name if initiator else ""}
    _tell(change, of, ApprovalMessages.approval_asked, _with_delegates(change, of, newly_asked), **common)
    if of.state is ApprovalState.APPROVED:
        _tell(change, of, ApprovalMessages.approval_approved, [of.initiator_id], title=of.title)
        _tell(change, of, ApprovalMessages.approval_copied, copied, **common)
    for step in steps:
        if step.kind is StepKind.URGED:
            _tell(change, of, ApprovalMessages.approval_urged, _with_delegates(change, of, step.concerns), **common)
        elif step.kind is StepKind.WITHDRAWN:
            _tell(change, of, ApprovalMessages.approval_withdrawn, step.concerns, **common)
        elif step.kind in _TO_INITIATOR and step.by is not None:
            by = people.name_of(change.connection, step.by)
            said = {"title": of.title, "by": by, "comment": step.comment or ""}
            _tell(change, of, _TO_INITIATOR[step.kind], [of.initiator_id], **said)


def _tell(change: Change, of: Approval, kind: MessageKind, to: Collection[UUID], **parameters: str) -> None:
    # one matter is one version of the approval: a message for each time somebody is asked
    key = f"{of.id}/{of.version}"
    messages.tell(change, to=to, kind=kind, about=Subject("Approval", of.id), key=key, **parameters)


def _with_delegates(change: Change, of: Approval, asked: Collection[UUID]) -> set[UUID]:
    delegates = approval_delegations.delegates_of(change.connection, asked, of.kind, change.now)
    return (set(asked) | delegates) - {of.initiator_id}
