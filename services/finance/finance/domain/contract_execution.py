"""Carrying a contract out (CON-05 … 08): measured, paid, changed, compared with its plan, settled. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.editing import expect_version
from crm_common.money import LARGEST, is_amount, rounded
from crm_common.protocol.finance.contract_changes import ChangeContract, ContractChangeKind, ContractChangeState
from crm_common.protocol.finance.contract_progress import (
    ContractEntryKind,
    ContractMilestone,
    EvaluateContract,
    RecordContractProgress,
    SettleContract,
)
from crm_common.protocol.finance.contract_rules import ContractRules
from crm_common.protocol.finance.contract_states import ContractState
from finance.domain.contract import Contract, expect_state

HUNDRED = Decimal(100)
_UNDER_WAY = (ContractState.SIGNED, ContractState.EXECUTING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that was measured or paid."""

    kind: ContractEntryKind
    day: date
    amount: Decimal
    remark: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOrder:
    """A change order of a contract."""

    id: UUID
    contract_id: UUID
    place: int
    kind: ContractChangeKind
    title: str
    reason: str
    amount: Decimal
    ends_on: date | None
    payment_terms: str | None
    state: ContractChangeState = ContractChangeState.PENDING
    state_reason: str | None = None
    approval_id: UUID | None = None
    created_by: UUID
    decided_at: datetime | None = None


def agreed(contract: Contract) -> Decimal:
    """What the contract is worth, approved changes included."""
    return contract.amount + contract.changed_amount


def settlement(contract: Contract) -> Decimal:
    """What was measured, with approved changes."""
    return contract.measured_amount + contract.changed_amount


def percent(contract: Contract, amount: Decimal) -> Decimal | None:
    """The amount in percent of the contract's; None where that is nothing."""
    return rounded(amount * HUNDRED / contract.amount) if contract.amount else None


def progressed(contract: Contract, command: RecordContractProgress, today: date) -> tuple[Contract, Entry]:
    """The contract with another entry; the first one begins its execution."""
    expect_version(contract.version, command.version)
    expect_state(contract, *_UNDER_WAY)
    if command.day > today:
        raise ContractRules.an_entry_is_not_in_the_future(field="day")
    remark = (command.remark or "").strip() or None
    entry = Entry(kind=command.kind, day=command.day, amount=_entered(contract, command), remark=remark)
    return replace(_with(contract, entry), state=ContractState.EXECUTING), entry


def _entered(contract: Contract, command: RecordContractProgress) -> Decimal:
    amount, share = command.amount, command.percent
    if share is not None and amount is None and share.is_finite() and 0 < share <= HUNDRED:
        amount = rounded(contract.amount * share / HUNDRED)
    elif share is not None or amount is None:
        raise ContractRules.an_entry_is_an_amount_above_zero(field="percent" if share is not None else "amount")
    if not is_amount(amount) or not amount:
        raise ContractRules.an_entry_is_an_amount_above_zero(field="amount")
    return rounded(amount)


def _with(contract: Contract, entry: Entry) -> Contract:
    if entry.kind is ContractEntryKind.MEASUREMENT:
        total = contract.measured_amount + entry.amount
        if total > contract.amount:
            raise ContractRules.no_more_is_measured_than_was_agreed(
                field="amount", total=str(total), limit=str(contract.amount)
            )
        return replace(contract, measured_amount=total)
    total = contract.paid_amount + entry.amount
    if total > agreed(contract):
        raise ContractRules.no_more_is_paid_than_was_agreed(
            field="amount", total=str(total), limit=str(agreed(contract))
        )
    return replace(contract, paid_amount=total)


def check_plan(contract: Contract, version: int, plan: Sequence[ContractMilestone]) -> None:
    """Refuse a plan that does not climb, or of a contract that is not under way."""
    expect_version(contract.version, version)
    expect_state(contract, *_UNDER_WAY)
    for place, each in enumerate(plan):
        whole = each.percent.is_finite() and 0 <= each.percent <= HUNDRED and each.percent == rounded(each.percent)
        earlier = plan[place - 1] if place else None
        if not whole or (earlier and (earlier.day >= each.day or earlier.percent >= each.percent)):
            raise ContractRules.a_plan_climbs_to_a_hundred(field=f"milestones.{place}")


def compared(contract: Contract, plan: Sequence[ContractMilestone], today: date, allowed: int) -> Contract:
    """The contract beside its plan as of today: flagged when work or money is off by more than ``allowed`` percent."""
    if not plan or contract.state not in _UNDER_WAY:
        return replace(contract, planned_percent=None, is_deviating=False)
    planned = max((each.percent for each in plan if each.day <= today), default=Decimal("0.00"))
    real = [percent(contract, each) for each in (contract.measured_amount, contract.paid_amount)]
    off = any(each is not None and abs(planned - each) > allowed for each in real)
    return replace(contract, planned_percent=planned, is_deviating=off)


def settled(contract: Contract, command: SettleContract, *, pending: bool, now: datetime) -> Contract:
    """The final account; its amount is what was measured with the approved changes."""
    expect_version(contract.version, command.version)
    expect_state(contract, ContractState.EXECUTING)
    if pending:
        raise ContractRules.a_change_order_waits_for_its_approval(field="id")
    if command.settled_amount != settlement(contract):
        raise ContractRules.a_settlement_is_what_was_measured_and_changed(
            field="settled_amount", due=str(settlement(contract))
        )
    amount = rounded(command.settled_amount)
    closed: dict[str, Any] = {"settled_amount": amount, "settled_at": now, "is_deviating": False}
    return replace(contract, state=ContractState.SETTLED, **closed)


def evaluated(contract: Contract, command: EvaluateContract) -> Contract:
    """A settled contract that was looked back upon."""
    expect_version(contract.version, command.version)
    expect_state(contract, ContractState.SETTLED)
    said = {"score": command.score, "evaluation": command.evaluation.strip()}
    return replace(contract, state=ContractState.EVALUATED, **said)  # type: ignore[arg-type]


def asked_for(
    contract: Contract, command: ChangeContract, *, change_id: UUID, place: int, by: UUID, pending: bool
) -> ChangeOrder:
    """A change order that waits for its approval; one at a time."""
    expect_version(contract.version, command.version)
    expect_state(contract, *_UNDER_WAY)
    if pending:
        raise ContractRules.a_change_order_waits_for_its_approval(field="id")
    terms = (command.payment_terms or "").strip() or None
    order = ChangeOrder(
        id=change_id, contract_id=contract.id, place=place, kind=command.kind, title=" ".join(command.title.split()),
        reason=command.reason.strip(), amount=command.amount, ends_on=command.ends_on, payment_terms=terms,
        created_by=by,
    )  # fmt: skip
    _check_change(contract, order)
    return replace(order, amount=rounded(order.amount))


def _check_change(contract: Contract, order: ChangeOrder) -> None:
    amount = order.amount
    if not amount.is_finite() or abs(amount) >= LARGEST or amount != rounded(amount):
        raise ContractRules.a_contract_is_worth_an_amount(field="amount")
    if not (amount or order.ends_on or order.payment_terms):
        raise ContractRules.a_change_changes_something(field="amount")
    if not _fits(contract, amount):
        raise ContractRules.a_contract_is_worth_something_after_a_change(field="amount")
    if order.ends_on and contract.starts_on and order.ends_on < contract.starts_on:
        raise ContractRules.a_contract_ends_after_it_begins(field="ends_on")


def _fits(contract: Contract, amount: Decimal) -> bool:
    return agreed(contract) + amount >= contract.paid_amount


def with_change(contract: Contract, order: ChangeOrder) -> Contract:
    """The contract's next version, after the change order was approved."""
    return replace(
        contract,
        revision=contract.revision + 1,
        changed_amount=contract.changed_amount + order.amount,
        ends_on=order.ends_on or contract.ends_on,
        payment_terms=order.payment_terms or contract.payment_terms,
    )


def may_take(contract: Contract, order: ChangeOrder) -> bool:
    """Whether an approved change still fits: the contract is under way, and no more was paid meanwhile."""
    return contract.state in _UNDER_WAY and _fits(contract, order.amount)
