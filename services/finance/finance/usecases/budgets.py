"""Commands about budgets (FIN-10), and what claims spend of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.protocol.finance.budgets import (
    OVER_BUDGET,
    BudgetCreated,
    BudgetExceeded,
    BudgetRules,
    BudgetUpdated,
    CreateBudget,
    OverBudget,
    UpdateBudget,
)
from crm_common.protocol.finance.expenses import BudgetWarning
from finance.domain import budget as domain
from finance.domain.budget import Budget
from finance.domain.expense import Claim
from finance.store import budgets as store
from finance.store.budgets import BUDGETS


def create_budget(change: Change, command: CreateBudget) -> dict[str, Any]:
    """A budget; what was spent in its time already counts."""
    made = domain.created(change.new_id(), command)
    store.one_at_a_time(change.connection, made.department_id)
    if (other := store.overlapping(change.connection, made)) is not None:
        first_day, last_day = other.first_day.isoformat(), other.last_day.isoformat()
        raise BudgetRules.budgets_do_not_overlap(field="first_day", first_day=first_day, last_day=last_day)
    BUDGETS.insert(change.connection, made, change.now)
    change.record(BudgetCreated(**_about(made), changes=difference(None, made, without=("id", "version"))))
    _note(change, made, store.consumed(change.connection, made.id), None)
    return {"budget": made.id}


def update_budget(change: Change, command: UpdateBudget) -> dict[str, Any]:
    """Another amount."""
    seen = BUDGETS.get(change.connection, command.id)
    if seen is None:
        raise CommonRules.the_record_was_not_found(field="id")
    store.one_at_a_time(change.connection, seen.department_id)
    before = BUDGETS.locked(change.connection, command.id)
    assert before is not None
    after = domain.updated(before, command)
    if after != before:
        BUDGETS.save(change.connection, after, change.now)
        change.record(BudgetUpdated(**_about(after), changes=difference(before, after)))
        _note(change, after, store.consumed(change.connection, after.id), None)
    return {"budget": after.id}


def spend(change: Change, claim: Claim) -> tuple[BudgetWarning, ...]:
    """The budgets that a claim which was just submitted goes beyond; refused where the company says so."""
    beyond = [(budget, spent) for budget, spent in measure(change, claim) if spent > budget.amount]
    if beyond and change.settings.get(OVER_BUDGET) == OverBudget.BLOCK.value:
        budget, spent = beyond[0]
        raise BudgetRules.a_claim_stays_within_its_budget(
            field="id", item=budget.item.value, amount=str(budget.amount), consumed=str(spent)
        )
    return tuple(
        BudgetWarning(
            budget_id=budget.id, item=budget.item, amount=budget.amount, consumed=spent, currency=budget.currency
        )
        for budget, spent in beyond
    )


def measure(change: Change, claim: Claim) -> list[tuple[Budget, Decimal]]:
    """What is spent of the budgets that a claim is on, after the claim was saved; what is exceeded now is told."""
    if claim.department_id is None:
        return []
    store.one_at_a_time(change.connection, claim.department_id)
    found = store.of_claim(change.connection, claim.id)
    for budget, spent in found:
        _note(change, budget, spent, claim.claimant_id)
    return found


def _note(change: Change, before: Budget, spent: Decimal, claimant_id: UUID | None) -> None:
    after = domain.measured(before, spent, change.now)
    if after.exceeded_at == before.exceeded_at:
        return
    BUDGETS.save(change.connection, after, change.now)
    if after.exceeded_at is not None:
        change.record(BudgetExceeded(**_about(after), consumed=spent, claimant_id=claimant_id))


def _about(of: Budget) -> dict[str, Any]:
    names = ("department_id", "item", "first_day", "last_day", "amount", "currency")
    return {"budget_id": of.id} | {name: getattr(of, name) for name in names}
