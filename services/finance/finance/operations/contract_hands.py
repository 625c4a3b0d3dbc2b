"""Contracts in other hands: what customer tells of transfers, and what identity asks when somebody leaves (IDN-23)."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change
from crm_common.protocol.customer.holding import CustomerTransferred
from crm_common.protocol.platform import HandOverHere, OwnedHere
from crm_common.runtime.entrypoints import rpc, subscribe
from finance.operations.offering import Offering
from finance.usecases import contract_hands


class ContractHands(Offering):
    """Counting and passing on."""

    @subscribe(CustomerTransferred)
    def pass_contracts_on(self, event: CustomerTransferred, change: Change) -> None:
        contract_hands.go_with_customer(change, event)

    @rpc
    def owned_here(self, query: OwnedHere) -> dict[str, Any]:
        return {"counts": contract_hands.owned_here(self.host.store, query.employee_id)}

    @rpc
    def hand_over_here(self, command: HandOverHere) -> dict[str, Any]:
        return {"moved": contract_hands.hand_over_here(self.host, self.context, command)}
