"""What happened to an approval, written down: rows, history, who sees it, events, messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.protocol.declare import Event
from crm_common.protocol.office.approvals_events import (
    ApprovalApproved,
    ApprovalAssigned,
    ApprovalDecided,
    ApprovalRejected,
    ApprovalResubmitted,
    ApprovalReturned,
    ApprovalStarted,
    ApprovalUrged,
    ApprovalWithdrawn,
)
from crm_common.protocol.office.approvals_states import ApprovalState, ApprovalVerdict, StepKind
from office.domain.approval import Approval, Step, open_tasks
from office.domain.approval_staffing import Asking
from office.store import approvals
from office.usecases import approval_messages

_VERDICTS = {
    StepKind.APPROVED: ApprovalVerdict.APPROVE,
    StepKind.REPEATED: ApprovalVerdict.APPROVE,
    StepKind.REJECTED: ApprovalVerdict.REJECT,
    StepKind.RETURNED: ApprovalVerdict.RETURN,
}
_ASSIGNING = frozenset(
    {
        StepKind.NODE_BEGUN,
        StepKind.TRANSFERRED,
        StepKind.SIGNER_ADDED,
        StepKind.REROUTED,
    }
)


def write_down(change: Change, before: Approval, after: Approval, steps: Sequence[Step], asking: Asking) -> Approval:
    """Everything that follows from a step of an approval that is kept as it was ``before``; as it is kept now."""
    if after == before and not steps:
        return before
    after = replace(after, version=before.version + 1)
    approvals.save(change.connection, before, after, change.now)
    tell(change, before, after, steps, asking)
    return after


def tell(change: Change, before: Approval | None, after: Approval, steps: Sequence[Step], asking: Asking) -> None:
    """History, who sees it, events and messages of what happened; its rows are written."""
    connection = change.connection
    approvals.note_steps(connection, after, steps, change.new_id, change.now)
    if before is None or before.round != after.round:
        approvals.note_snapshot(connection, after, change.new_id(), change.now)
    asked = {each.approver_id for each in after.tasks}
    approvals.note_parts(connection, after.id, asked, "APPROVER")
    deciders = {each.by for each in steps if each.kind in _VERDICTS and each.by is not None}
    approvals.note_parts(connection, after.id, deciders, "DECIDER")
    copied = asking.copied() if after.state is ApprovalState.APPROVED else ()
    approvals.note_parts(connection, after.id, copied, "COPIED")
    change.record(*(event for step in steps for event in _events(after, step)), *_end(after, steps))
    waiting = {each.approver_id for each in open_tasks(after)}
    known = set() if before is None or before.round != after.round else {e.approver_id for e in open_tasks(before)}
    approval_messages.tell(change, after, steps, asking, newly_asked=waiting - known, copied=copied)


def _about(of: Approval) -> dict[str, Any]:
    return {
        "approval_id": of.id, "kind": of.kind, "record_type": of.record_type, "record_id": of.record_id,
        "initiator_id": of.initiator_id, "revision": of.round, "snapshot_hash": of.hash,
    }  # fmt: skip


def _events(of: Approval, step: Step) -> list[Event]:
    about = _about(of)
    if step.kind is StepKind.STARTED:
        return [ApprovalStarted(**about, flow_id=of.flow_id, title=of.title)]
    if step.kind in _ASSIGNING:
        node = step.node or ""
        return [ApprovalAssigned(**about, node=node, approver_ids=step.concerns, step=step.kind)]
    if step.kind in _VERDICTS:
        decided = ApprovalDecided(
            **about, node=step.node or "", verdict=_VERDICTS[step.kind], decided_by=_doer(step),
            on_behalf_of=step.on_behalf_of,
        )  # fmt: skip
        return [decided]
    if step.kind is StepKind.URGED:
        return [ApprovalUrged(**about, approver_ids=step.concerns)]
    return [ApprovalResubmitted(**about)] if step.kind is StepKind.RESUBMITTED else [ApprovalWithdrawn(**about)]


def _end(of: Approval, steps: Sequence[Step]) -> list[Event]:
    """The result, by the last step: what other services wait for."""
    about = _about(of)
    if of.state is ApprovalState.APPROVED:
        return [ApprovalApproved(**about)]
    for step in steps:
        if step.kind is StepKind.REJECTED:
            return [ApprovalRejected(**about, decided_by=_doer(step), comment=step.comment or "")]
        if step.kind is StepKind.RETURNED:
            return [ApprovalReturned(**about, decided_by=_doer(step), comment=step.comment or "")]
    return []


def _doer(step: Step) -> UUID:
    assert step.by is not None
    return step.by
