"""Fee budgets (费用预算, FIN-10): what a department may spend for an item in a period, and what is spent of it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from crm_common.errors import Code, Rule, Rules
from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, Setting, given
from crm_common.protocol.finance.expenses import ExpenseItem
from crm_common.protocol.finance.service import VERSION_DOC, DepartmentId, Version, finance
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, shown

SEE_BUDGETS = needs("budget.view", "budget.edit")
EDIT_BUDGETS = needs("budget.edit")
BudgetId = Annotated[UUID, Ref("Budget")]


class OverBudget(StrEnum):
    """What happens to a claim that goes beyond a budget."""

    WARN = "WARN"
    """Who submits it is told; it goes on (提醒)."""
    BLOCK = "BLOCK"
    """It is not submitted (禁止)."""


OVER_BUDGET = finance.setting(
    Setting(
        "fin.over_budget",
        str,
        OverBudget.WARN.value,
        "What happens to a claim that goes beyond its budget: WARN or BLOCK.",
        choices=tuple(each.value for each in OverBudget),
    )
)


class BudgetRules(Rules):
    """Refusals about budgets."""

    a_budget_ends_after_it_begins = Rule(
        Code.VALIDATION, en="A budget ends after it begins.", zh="预算的结束日期不能早于开始日期。"
    )
    budgets_do_not_overlap = Rule(
        Code.DUPLICATE,
        en="This department has a budget for this item in this time ({first_day} – {last_day}).",
        zh="该部门在此期间（{first_day} – {last_day}）已有该费用项目的预算。",
    )
    a_claim_stays_within_its_budget = Rule(
        Code.LIMIT_EXCEEDED,
        en="The budget for {item} is {amount}; with this claim {consumed} would be spent.",
        zh="{item} 的预算为 {amount}，加上此单将使用 {consumed}。",
    )


@finance.view(SEE_BUDGETS)
@dataclass(slots=True, kw_only=True)
class BudgetView:
    """What a department may spend for an item in a period. Who sees budgets sees all."""

    id: UUID = shown("The id.")
    department_id: DepartmentId = shown("The department.", filterable=True)
    item: ExpenseItem = shown("For what.", filterable=True)
    first_day: date = shown("The period's first day.", filterable=True, sortable=True)
    last_day: date = shown("The period's last day.", filterable=True, sortable=True)
    amount: Decimal = shown("How much may be spent.", filterable=True, sortable=True)
    currency: str = shown("In which currency; claims in others are not counted.", filterable=True)
    consumed: Decimal = shown("How much is spent by claims that were submitted and not refused.", filterable=True)
    left: Decimal = shown("How much is left; below zero when more was spent.", filterable=True)
    exceeded_at: datetime | None = shown("Since when more is spent.", filterable=True)
    created_at: datetime = shown("When it was made.", sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@finance.query(SEE_BUDGETS, returns=BudgetView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets(ListQuery):
    """Budgets, the latest period first."""


@finance.query(SEE_BUDGETS, returns=BudgetView)
@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetsByIds(GetQuery):
    """Budgets by id."""


@finance.command(EDIT_BUDGETS, returns={"budget": BudgetView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateBudget(Command):
    """Say what a department may spend for an item in a period; what was spent already counts."""

    department_id: DepartmentId = given("The department.")
    item: ExpenseItem = given("For what.")
    first_day: date = given("The period's first day.")
    last_day: date = given("The period's last day.")
    amount: Decimal = given("How much.")
    currency: Currency = given("In which currency.", default=HOME_CURRENCY)


@finance.command(EDIT_BUDGETS, returns={"budget": BudgetView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateBudget(Command):
    """Change how much may be spent."""

    id: BudgetId = given("The budget.")
    version: Version = given(VERSION_DOC)
    amount: Decimal = given("How much.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetEvent(Event):
    """What every event of a budget tells."""

    budget_id: UUID
    department_id: UUID
    item: ExpenseItem
    first_day: date
    last_day: date
    amount: Decimal
    currency: str


@finance.event("budget.created", subject="budget_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetCreated(BudgetEvent):
    """A budget was made."""

    changes: Changes


@finance.event("budget.updated", subject="budget_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetUpdated(BudgetEvent):
    """Another amount may be spent."""

    changes: Changes


@finance.event("budget.exceeded", subject="budget_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetExceeded(BudgetEvent):
    """More is spent than it allows: told once, and again only after it sufficed in between."""

    consumed: Decimal
    claimant_id: UUID | None
    """Whose claim it was; null where the budget was made or cut below what was spent."""
