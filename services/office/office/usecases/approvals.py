"""Commands about approvals (OFC-24, 26): each is one row of features §3.8, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.editing import expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.office.approval_rules import ApprovalRules
from crm_common.protocol.office.approvals import (
    URGE_MINUTES,
    AddApprovalSigner,
    DecideApproval,
    ResubmitApproval,
    StartApproval,
    StartApprovalFor,
    TransferApproval,
    UrgeApproval,
    WithdrawApproval,
)
from crm_common.protocol.office.approvals_states import ApprovalState
from crm_common.protocol.office.flows_plan import FlowAllowance
from office.domain import approval_deciding as deciding
from office.domain import flow, flow_form
from office.domain.approval import Approval, expect_running
from office.domain.approval_deciding import Acting, Decision, Edited
from office.domain.approval_running import Run
from office.store import approval_delegations, approvals
from office.usecases import approval_told
from office.usecases.approval_asking import Prepared


def start_approval(prepared: Prepared | None, change: Change, command: StartApproval) -> dict[str, Any]:
    """Somebody asks for something."""
    made = started(change, prepared, command, record=(None, None))
    return {"approval": made.id}


def start_approval_for(prepared: Prepared | None, change: Change, command: StartApprovalFor) -> dict[str, Any]:
    """A record of another service waits for a decision."""
    made = started(change, prepared, command, record=(command.record_type, command.record_id))
    return {"approval_id": made.id}


def decide_approval(prepared: Prepared | None, change: Change, command: DecideApproval) -> dict[str, Any]:
    """An approver, or his delegate, decides."""
    before, known = _seen(change, prepared, command.id, command.version)
    me = change.context.authenticated().id
    represents = approval_delegations.represented(change.connection, me, before.kind, change.now)
    decision = Decision(verdict=command.verdict, comment=command.comment, on_behalf_of=command.on_behalf_of_id)
    acting = Acting(actor_id=me, represents=represents)
    run = deciding.decided(before, decision, acting, known.asking, now=change.now, new_id=change.new_id)
    return _kept(change, before, run, known)


def resubmit_approval(prepared: Prepared | None, change: Change, command: ResubmitApproval) -> dict[str, Any]:
    """The initiator submits again what was returned."""
    before, known = _seen(change, prepared, command.id, command.version)
    me = change.context.authenticated().id
    edited = _edited(known, before.kind, before.record, command.form)
    run = deciding.resubmitted(before, edited, me, known.asking, now=change.now, new_id=change.new_id)
    return _kept(change, before, run, known)


def withdraw_approval(prepared: Prepared | None, change: Change, command: WithdrawApproval) -> dict[str, Any]:
    """The initiator takes it back."""
    before, known = _seen(change, prepared, command.id, command.version)
    me = change.context.authenticated().id
    return _kept(change, before, deciding.withdrawn(before, me, known.asking.plan, change.now), known)


def transfer_approval(prepared: Prepared | None, change: Change, command: TransferApproval) -> dict[str, Any]:
    """An approver passes his question on."""
    before, known = _seen(change, prepared, command.id, command.version)
    me = change.context.authenticated().id
    run = deciding.transferred(before, me, command.employee_id, known.asking, command.comment)
    return _kept(change, before, run, known)


def add_approval_signer(prepared: Prepared | None, change: Change, command: AddApprovalSigner) -> dict[str, Any]:
    """An approver lets somebody else decide before him."""
    before, known = _seen(change, prepared, command.id, command.version)
    me, comment = change.context.authenticated().id, command.comment
    run = deciding.signer_added(before, me, command.employee_id, known.asking, comment=comment, new_id=change.new_id)
    return _kept(change, before, run, known)


def urge_approval(prepared: Prepared | None, change: Change, command: UrgeApproval) -> dict[str, Any]:
    """The initiator urges whoever is asked."""
    before, known = _seen(change, prepared, command.id)
    me, minutes = change.context.authenticated().id, change.settings.get(URGE_MINUTES)
    return _kept(change, before, deciding.urged(before, me, every_minutes=minutes, now=change.now), known)


def started(
    change: Change,
    prepared: Prepared | None,
    command: StartApproval | StartApprovalFor,
    *,
    record: tuple[str | None, UUID | None],
) -> Approval:
    """A new approval, by the revision that is in use, of a record or of nothing but its form."""
    if prepared is None:
        raise ApprovalRules.there_is_no_flow_for_this(field="kind", kind=command.kind)
    kind, record_id = record
    edited = _edited(prepared, command.kind, f"{kind}/{record_id}" if record_id else None, command.form)
    draft = Approval(
        id=change.new_id(), kind=command.kind, flow_id=prepared.revision.flow_id,
        flow_version_id=prepared.revision.id, title=command.title or prepared.revision.name,
        state=ApprovalState.PENDING, initiator_id=prepared.asking.initiator_id, record_type=kind,
        record_id=record_id, round=1, form=dict(edited.form), hash=edited.hash, path=edited.path, place=0,
    )  # fmt: skip
    made, steps = deciding.started(draft, prepared.asking, change.now, change.new_id)
    delegable = FlowAllowance.DELEGATE in prepared.asking.plan.allows
    if not approvals.insert(change.connection, made, delegable=delegable, now=change.now):
        raise ApprovalRules.the_record_waits_for_approval_already(field="record_id")
    approvals.note_parts(change.connection, made.id, [made.initiator_id], "INITIATOR")
    approval_told.tell(change, None, made, steps, prepared.asking)
    return made


def _edited(prepared: Prepared, kind: str, record: str | None, form: Mapping[str, Any]) -> Edited:
    initiator = prepared.initiator
    if initiator is None:
        raise ApprovalRules.an_active_employee_asks(field="initiator_id")
    fields = prepared.revision.fields
    checked = flow_form.checked(fields, form)
    path = flow.path(prepared.asking.plan, checked, fields, initiator.department_path)
    return Edited(form=checked, hash=flow_form.fingerprint(kind, record, checked), path=path)


def _seen(
    change: Change, prepared: Prepared | None, approval_id: UUID, version: int | None = None
) -> tuple[Approval, Prepared]:
    """The approval, locked, as whoever asks sees it; what has ended is told before another version is."""
    me = change.context.authenticated().id
    found = approvals.locked(change.connection, approval_id) if prepared is not None else None
    if prepared is None or found is None or not approvals.is_visible(change.connection, approval_id, me, change.now):
        raise CommonRules.the_record_was_not_found(field="id")
    expect_running(found)
    if version is not None:
        expect_version(found.version, version)
    return found, prepared


def _kept(change: Change, before: Approval, run: Run, known: Prepared) -> dict[str, Any]:
    after, steps = run
    approval_told.write_down(change, before, after, steps, known.asking)
    return {"approval": before.id}
