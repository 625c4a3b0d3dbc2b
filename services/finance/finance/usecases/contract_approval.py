"""Contracts and change orders before the office engine (CON-03, 06): they wait, then are asked about (ADR 0161)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.context import ActorKind
from crm_common.protocol.finance import contracts_events as told
from crm_common.protocol.finance.contracts import SubmitContract
from crm_common.protocol.office.approvals_events import (
    ApprovalApproved,
    ApprovalEvent,
    ApprovalRejected,
    ApprovalReturned,
    ApprovalStarted,
    ApprovalWithdrawn,
)
from finance.adapters.engine import Question
from finance.domain import contract as domain
from finance.domain.contract import Contract
from finance.domain.contract_execution import ChangeOrder
from finance.store import contracts
from finance.usecases import contract_access as access
from finance.usecases import contract_changes
from finance.usecases import contract_told as write

CONTRACT, CHANGE = "contract", "contract_change"
"""The kinds of their flows, and what their records are called there."""


def submit_contract(resumed: UUID | None, change: Change, command: SubmitContract) -> dict[str, Any]:
    """A draft waits for its approval from now on."""
    before = access.visible(change, command.id)
    after = domain.submitted(before, command.version, by=_initiator(change, before), resumed=resumed)
    write.save(change, before, after, told.ContractSubmitted)
    return {"contract": after.id}


def question_about(contract: Contract) -> Question:
    """What the engine is asked of a contract that waits: always the same, so that it knows the question again."""
    assert contract.submitted_by is not None  # it waits
    form = {"name": contract.name, "counterparty": contract.counterparty or "—", "amount": str(contract.amount)}
    form |= {"reason": contract.payment_terms} if contract.payment_terms else {}
    return Question(
        kind=CONTRACT, record_id=contract.id, initiator_id=contract.submitted_by, form=form,
        title=f"{contract.number} {contract.name}"[:100], key=f"{CONTRACT}/{contract.id}/{contract.submissions}",
    )  # fmt: skip


def question_of(order: ChangeOrder, contract: Contract) -> Question:
    """What the engine is asked of a change order."""
    form = {"contract": f"{contract.number} {contract.name}", "title": order.title, "amount": str(order.amount)}
    form |= {"to": order.ends_on.isoformat()} if order.ends_on else {}
    return Question(
        kind=CHANGE, record_id=order.id, initiator_id=order.created_by, form=form | {"reason": order.reason},
        title=f"{contract.number} {order.title}"[:100], key=f"{CHANGE}/{order.id}",
    )  # fmt: skip


def _initiator(change: Change, contract: Contract) -> UUID:
    actor = change.context.authenticated()
    # programs ask in the owner's name: an approval is somebody's
    return actor.id if actor.kind is ActorKind.EMPLOYEE else contract.owner_id


def note(change: Change, event: ApprovalEvent) -> None:
    """What becomes of an approval of a contract or a change order. What was known already changes nothing."""
    if event.record_id is None or event.record_type not in (CONTRACT, CHANGE):
        return
    about = _Contracts if event.record_type == CONTRACT else _Changes
    record_id, approval_id = event.record_id, event.approval_id
    if isinstance(event, ApprovalStarted):
        about.begun(change, record_id, approval_id)
    elif isinstance(event, ApprovalApproved):
        about.approved(change, record_id, approval_id)
    elif isinstance(event, ApprovalReturned):
        about.returned(change, record_id, approval_id, event.comment)
    elif isinstance(event, (ApprovalRejected, ApprovalWithdrawn)):
        # one that was submitted again goes on
        reason = event.comment if isinstance(event, ApprovalRejected) else None
        about.refused(change, record_id, approval_id, reason)


class _Contracts:
    """Contracts: refused or sent back, they are drafts again."""

    @staticmethod
    def begun(change: Change, contract_id: UUID, approval_id: UUID) -> None:
        before = contracts.get(change.connection, contract_id)
        if before is not None and (after := domain.approval_begun(before, approval_id)) != before:
            write.save(change, before, after, told.ContractApprovalBegun)

    @staticmethod
    def approved(change: Change, contract_id: UUID, approval_id: UUID) -> None:
        before = contracts.get(change.connection, contract_id)
        if before is not None and (after := domain.approved(before, approval_id)) != before:
            write.save(change, before, after, told.ContractApproved, approval_id=approval_id)

    @staticmethod
    def refused(change: Change, contract_id: UUID, approval_id: UUID, reason: str | None) -> None:
        refuse(change, contract_id, approval_id, reason)

    returned = refused


class _Changes:
    """Change orders: what was sent back waits until its initiator submits it again, or takes it back."""

    begun = staticmethod(contract_changes.note_begun)
    approved = staticmethod(contract_changes.note_approved)
    refused = staticmethod(contract_changes.refuse)

    @staticmethod
    def returned(change: Change, change_id: UUID, approval_id: UUID, reason: str | None) -> None:
        """Nothing changes."""


def refuse(change: Change, contract_id: UUID, approval_id: UUID | None, reason: str | None) -> None:
    """The contract is a draft again, if it waits for that approval (None: for one that could not begin)."""
    before = contracts.get(change.connection, contract_id)
    if before is None:
        return
    after = domain.refused(before, approval_id, reason)
    if after != before:
        write.save(change, before, after, told.ContractRefused, reason=reason)
