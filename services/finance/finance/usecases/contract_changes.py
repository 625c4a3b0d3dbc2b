"""Change orders of contracts (CON-06): asked for, and what their flows bring about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.protocol.finance import contracts_events as told
from crm_common.protocol.finance.contract_changes import ChangeContract, ContractChangeState
from finance.domain import contract_execution as domain
from finance.domain.contract import Contract
from finance.domain.contract_execution import ChangeOrder
from finance.store import contract_execution as store
from finance.store import contracts
from finance.usecases import contract_access as access
from finance.usecases import contract_told as write


def change_contract(change: Change, command: ChangeContract) -> dict[str, Any]:
    """A change order waits for its approval from now on."""
    contract, by = access.visible(change, command.id), change.context.authenticated().id
    place, pending = store.orders(change.connection, contract.id)
    order = domain.asked_for(contract, command, change_id=change.new_id(), place=place, by=by, pending=pending)
    store.add_order(change.connection, order, change.now)
    contracts.save(change.connection, contract, change.now)
    change.record(_told(told.ContractChangeRequested, contract, contract, order))
    return {"contract_change": order.id}


def note_begun(change: Change, change_id: UUID, approval_id: UUID) -> None:
    """The change order knows which approval it waits for."""
    found = _waiting(change, change_id, None)
    if found is not None:
        store.save_order(change.connection, replace(found[1], approval_id=approval_id))


def note_approved(change: Change, change_id: UUID, approval_id: UUID) -> None:
    """The contract has another version, unless it ended or was paid beyond it meanwhile."""
    found = _waiting(change, change_id, approval_id)
    if found is None:
        return
    contract, order = found
    if not domain.may_take(contract, order):
        _refuse(change, contract, order, f"{contract.number} {contract.state.value}")
        return
    after = domain.with_change(contract, order)
    store.save_order(change.connection, replace(order, state=ContractChangeState.APPROVED, decided_at=change.now))
    contracts.save(change.connection, after, change.now)
    store.add_version(change.connection, after, change_id=order.id, now=change.now)
    change.record(_told(told.ContractChanged, contract, after, order, revision=after.revision))


def refuse(change: Change, change_id: UUID, approval_id: UUID | None, reason: str | None) -> None:
    """The change order counts for nothing, if it waits for that approval (None: for one that could not begin)."""
    found = _waiting(change, change_id, approval_id)
    if found is not None:
        _refuse(change, *found, reason)


def _refuse(change: Change, contract: Contract, order: ChangeOrder, reason: str | None) -> None:
    refused = replace(order, state=ContractChangeState.REFUSED, state_reason=reason, decided_at=change.now)
    store.save_order(change.connection, refused)
    change.record(write.event(told.ContractChangeRefused, contract, contract, change_id=order.id, reason=reason))


def _waiting(change: Change, change_id: UUID, approval_id: UUID | None) -> tuple[Contract, ChangeOrder] | None:
    """The change order under its contract's lock, if it waits for that approval."""
    contract_id = store.contract_of(change.connection, change_id)
    contract = None if contract_id is None else contracts.get(change.connection, contract_id)
    if contract is None:
        return None
    order = store.order(change.connection, change_id)
    if order.state is not ContractChangeState.PENDING or order.approval_id != approval_id:
        return None
    return contract, order


def _told(kind: type[write.E], before: Contract, after: Contract, order: ChangeOrder, **more: Any) -> write.E:
    return write.event(kind, before, after, change_id=order.id, change_amount=order.amount, **more)
