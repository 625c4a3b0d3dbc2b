"""Fee budgets (FIN-10): when one is exceeded, and when that is told. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from crm_common.editing import expect_version
from crm_common.protocol.finance.budgets import BudgetRules, CreateBudget, UpdateBudget
from crm_common.protocol.finance.expenses import ExpenseItem
from crm_common.protocol.finance.spending import expect_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A budget as it stands."""

    id: UUID
    department_id: UUID
    item: ExpenseItem
    first_day: date
    last_day: date
    amount: Decimal
    currency: str
    exceeded_at: datetime | None = None
    version: int = 1


def created(identifier: UUID, command: CreateBudget) -> Budget:
    """A new budget."""
    expect_amount(command.amount, "amount")
    if command.last_day < command.first_day:
        raise BudgetRules.a_budget_ends_after_it_begins(field="last_day")
    return Budget(
        id=identifier, department_id=command.department_id, item=command.item, first_day=command.first_day,
        last_day=command.last_day, amount=command.amount, currency=command.currency,
    )  # fmt: skip


def updated(before: Budget, command: UpdateBudget) -> Budget:
    """The budget with another amount."""
    expect_version(before.version, command.version)
    expect_amount(command.amount, "amount")
    if command.amount == before.amount:
        return before
    return replace(before, amount=command.amount, version=before.version + 1)


def measured(before: Budget, consumed: Decimal, now: datetime) -> Budget:
    """The budget after what was spent of it: from when on it is exceeded, or that it suffices (again)."""
    if consumed <= before.amount:
        return replace(before, exceeded_at=None)
    return replace(before, exceeded_at=before.exceeded_at or now)
