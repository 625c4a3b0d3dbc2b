"""What identity asks of every service when somebody leaves (IDN-23)."""

from __future__ import annotations

from typing import Any

from crm_common.protocol.platform import HandOverHere, OwnedHere
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.providers import Peer
from office.adapters.staff import StaffOffice
from office.operations.offering import Offering
from office.usecases import approval_handover
from office.usecases.approval_asking import Desk


class HandoverOperations(Offering):
    """Counting and passing on."""

    identity = Peer("identity")

    @rpc
    def owned_here(self, query: OwnedHere) -> dict[str, Any]:
        return {"counts": approval_handover.owned_here(self.host.store, query.employee_id)}

    @rpc
    def hand_over_here(self, command: HandOverHere) -> dict[str, Any]:
        desk = Desk(self.host.store, StaffOffice(self.identity, self.context), self.host.clock.now())
        return {"moved": approval_handover.hand_over_here(self.host, self.context, desk, command)}
