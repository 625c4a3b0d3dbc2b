"""What identity asks of every service when somebody leaves (IDN-23)."""

from __future__ import annotations

from typing import Any

from crm_common.protocol.platform import HandOverHere, OwnedHere
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.providers import Peer
from office.adapters.staff import StaffOffice
from office.operations.offering import Offering
from office.usecases import approval_handover, task_handover
from office.usecases.approval_asking import Desk


class HandoverOperations(Offering):
    """Counting and passing on."""

    identity = Peer("identity")

    @rpc
    def owned_here(self, query: OwnedHere) -> dict[str, Any]:
        store, of = self.host.store, query.employee_id
        return {"counts": approval_handover.owned_here(store, of) | task_handover.owned_here(store, of)}

    @rpc
    def hand_over_here(self, command: HandOverHere) -> dict[str, Any]:
        desk = Desk(self.host.store, StaffOffice(self.identity, self.context), self.host.clock.now())
        moved = approval_handover.hand_over_here(self.host, self.context, desk, command)
        return {"moved": moved | task_handover.hand_over_here(self.host, self.context, command)}
