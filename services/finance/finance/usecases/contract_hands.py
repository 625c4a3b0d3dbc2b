"""Contracts come into other hands: with their customer (CUS-09), or because their owner leaves (IDN-23)."""

from __future__ import annotations

from uuid import UUID

from crm_common.changes import Change, changing
from crm_common.context import Context
from crm_common.protocol.customer.holding import CustomerTransferred
from crm_common.protocol.finance import contracts_events as told
from crm_common.protocol.platform import HandOverHere
from crm_common.runtime.host import ServiceHost
from crm_common.store import Store
from finance.domain import contract as domain
from finance.store import contracts
from finance.usecases import contract_told as write

CONTRACTS = "contract"
"""What a handover calls them."""
_AT_ONCE = 100


def go_with_customer(change: Change, event: CustomerTransferred) -> None:
    """The former owner's contracts of the customer go along, if the transfer says so."""
    if not event.cascade or event.owner_id is None:
        return
    for contract_id in contracts.of_owner(change.connection, event.from_owner_id, event.customer_id):
        _hand_over(change, contract_id, event.owner_id)


def owned_here(store: Store, employee_id: UUID) -> dict[str, int]:
    """How many contracts are in somebody's name."""
    with store.transaction() as connection:
        return {CONTRACTS: len(contracts.of_owner(connection, employee_id))}


def hand_over_here(host: ServiceHost, context: Context, command: HandOverHere) -> dict[str, int]:
    """Give somebody's contracts to the receivers in turn; repeated, it passes on what is left."""
    if command.kinds is not None and CONTRACTS not in command.kinds:
        return {}
    receivers = [each for each in command.to_ids if each != command.from_id]
    moved = 0
    while receivers:
        with changing(host, context) as change:
            some = contracts.of_owner(change.connection, command.from_id)[:_AT_ONCE]
            for each in some:
                _hand_over(change, each, receivers[moved % len(receivers)])
                moved += 1
        if len(some) < _AT_ONCE:
            break
    return {CONTRACTS: moved}


def _hand_over(change: Change, contract_id: UUID, owner_id: UUID) -> None:
    before = contracts.get(change.connection, contract_id)
    if before is not None and before.owner_id != owner_id:
        write.save(change, before, domain.handed_over(before, owner_id), told.ContractUpdated)
