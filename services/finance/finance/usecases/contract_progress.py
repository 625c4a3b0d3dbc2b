"""Carrying contracts out (CON-05, 07, 08): entries, plan, final account, evaluation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crm_common.changes import Change
from crm_common.days import today
from crm_common.protocol.finance import contracts_events as told
from crm_common.protocol.finance.contract_progress import (
    DEVIATION_PERCENT,
    EvaluateContract,
    PlanContract,
    RecordContractProgress,
    SettleContract,
)
from finance.domain import contract_execution as domain
from finance.domain.contract import Contract
from finance.store import contract_execution as store
from finance.usecases import contract_access as access
from finance.usecases import contract_told as write

_KEEPER = "contract.archive"


def record_contract_progress(change: Change, command: RecordContractProgress) -> dict[str, Any]:
    """Work was measured, or money paid."""
    before = access.own(change, command.id, _KEEPER, "contract.audit")
    entered, entry = domain.progressed(before, command, today(change))
    after, entry_id = compared(change, entered), change.new_id()
    by = change.context.authenticated().id
    store.add_entry(change.connection, entry_id, after, entry, by=by, now=change.now)
    said = {"entry_id": entry_id, "kind": entry.kind, "day": entry.day, "entered": entry.amount}
    write.save(change, before, after, told.ContractProgressed, **said)
    tell_deviation(change, before, after)
    return {"contract": after.id}


def plan_contract(change: Change, command: PlanContract) -> dict[str, Any]:
    """How far the contract is to be by which day."""
    before = access.own(change, command.id, _KEEPER)
    domain.check_plan(before, command.version, command.milestones)
    store.set_plan(change.connection, before.id, command.milestones)
    after = compared(change, before)
    write.save(change, before, after, told.ContractPlanned)
    tell_deviation(change, before, after)
    return {"contract": after.id}


def settle_contract(change: Change, command: SettleContract) -> dict[str, Any]:
    """The final account."""
    before = access.own(change, command.id, _KEEPER)
    _, pending = store.orders(change.connection, before.id)
    after = domain.settled(before, command, pending=pending, now=change.now)
    write.save(change, before, after, told.ContractSettled, settled_amount=after.settled_amount)
    return {"contract": after.id}


def evaluate_contract(change: Change, command: EvaluateContract) -> dict[str, Any]:
    """What is to be learned from it."""
    before = access.own(change, command.id, _KEEPER)
    after = domain.evaluated(before, command)
    write.save(change, before, after, told.ContractEvaluated, score=after.score)
    return {"contract": after.id}


def compared(change: Change, contract: Contract) -> Contract:
    """The contract beside its plan as of today."""
    plan = store.plan(change.connection, contract.id)
    return domain.compared(contract, plan, today(change), change.settings.get(DEVIATION_PERCENT))


def tell_deviation(change: Change, before: Contract, after: Contract) -> None:
    """Once for each time that the contract comes off its plan."""
    if before.is_deviating or not after.is_deviating:
        return
    real: dict[str, Any] = {
        "measured_percent": domain.percent(after, after.measured_amount) or Decimal(0),
        "paid_percent": domain.percent(after, after.paid_amount) or Decimal(0),
    }
    change.record(write.event(told.ContractDeviated, after, after, planned_percent=after.planned_percent, **real))
