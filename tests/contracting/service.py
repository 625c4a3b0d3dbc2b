"""The service of contracts: it submits, and its contracts become what the end of the approval makes of them."""

from __future__ import annotations

from typing import Any

from contracting.protocol import SubmitContract
from crm_common.changes import Change
from crm_common.context import system_context
from crm_common.protocol.office.approvals_events import (
    ApprovalApproved,
    ApprovalEvent,
    ApprovalRejected,
    ApprovalReturned,
    ApprovalWithdrawn,
)
from crm_common.runtime.entrypoints import rpc, subscribe
from crm_common.runtime.providers import CurrentContext, Peer, Surroundings

_HEARD = """
INSERT INTO contract_state (id, state, revision, hash, times) VALUES (%s, %s, %s, %s, 1)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, revision = excluded.revision, hash = excluded.hash,
    times = contract_state.times + 1
"""


class ContractingService:
    """Keeps contracts, for tests."""

    name = "contracting"
    office = Peer("office")
    context = CurrentContext()
    host = Surroundings()

    @rpc
    def submit_contract(self, command: SubmitContract) -> dict[str, Any]:
        """The key follows from the contract: submitting it twice before the end is one approval."""
        context = system_context("contracting", correlation_id=self.context.correlation_id, timeout=20)
        form = {"name": "采购合同", "counterparty": "北方集团", "amount": command.amount}
        asked = {
            "kind": "contract", "record_type": "contract", "record_id": str(command.contract_id), "form": form,
            "initiator_id": str(self.context.authenticated().id),
            "idempotency_key": f"{command.contract_id}/{command.amount}",
        }  # fmt: skip
        found: dict[str, Any] = self.office.call("start_approval_for", asked, context=context)
        return found

    @subscribe(ApprovalApproved)
    def approve(self, event: ApprovalApproved, change: Change) -> None:
        _hear(change, event, "APPROVED")

    @subscribe(ApprovalRejected)
    def reject(self, event: ApprovalRejected, change: Change) -> None:
        _hear(change, event, "REJECTED")

    @subscribe(ApprovalReturned)
    def give_back(self, event: ApprovalReturned, change: Change) -> None:
        _hear(change, event, "DRAFT")

    @subscribe(ApprovalWithdrawn)
    def take_back(self, event: ApprovalWithdrawn, change: Change) -> None:
        _hear(change, event, "DRAFT")


def _hear(change: Change, event: ApprovalEvent, state: str) -> None:
    if event.record_type == "contract":
        values = (event.record_id, state, event.revision, event.snapshot_hash)
        change.connection.exec_driver_sql(_HEARD, values)
