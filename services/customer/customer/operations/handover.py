"""What identity asks of every service when somebody leaves (IDN-23)."""

from __future__ import annotations

from typing import Any

from crm_common.protocol.platform import HandOverHere, OwnedHere
from crm_common.runtime.entrypoints import rpc
from customer.operations.offering import Offering
from customer.usecases import handover, lead_handover


class HandoverOperations(Offering):
    """Counting and passing on."""

    @rpc
    def owned_here(self, query: OwnedHere) -> dict[str, Any]:
        store, of = self.host.store, query.employee_id
        return {"counts": handover.owned_here(store, of) | lead_handover.owned_here(store, of)}

    @rpc
    def hand_over_here(self, command: HandOverHere) -> dict[str, Any]:
        moved = handover.hand_over_here(self.host, self.context, command)
        return {"moved": moved | lead_handover.hand_over_here(self.host, self.context, command)}
