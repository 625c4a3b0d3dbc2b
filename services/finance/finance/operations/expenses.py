"""Expense claims and budgets: what is asked and told of them (FIN-10, 11)."""

from __future__ import annotations

from crm_common.protocol.finance.budgets import Budgets, BudgetsByIds, CreateBudget, UpdateBudget
from crm_common.protocol.finance.expenses import (
    CreateExpenseClaim,
    ExpenseClaims,
    ExpenseClaimsByIds,
    PayExpenseClaim,
    ReviewExpenseClaim,
    SubmitExpenseClaim,
    UpdateExpenseClaim,
    WithdrawExpenseClaim,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.providers import Peer
from crm_common.runtime.raw import Raw
from finance.adapters.bearers import expect_customers
from finance.operations.offering import Offering
from finance.usecases import budgets, expenses


class ExpenseOperations(Offering):
    """Expense claims and budgets."""

    customer = Peer("customer")

    @rpc
    def expense_claims(self, query: ExpenseClaims) -> Raw:
        return self.views.page(query)

    @rpc
    def expense_claims_by_ids(self, query: ExpenseClaimsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_expense_claim(self, command: CreateExpenseClaim) -> Raw:
        expect_customers(self.customer, command.lines)
        return self.commands.run(expenses.create_expense_claim, command)

    @rpc
    def update_expense_claim(self, command: UpdateExpenseClaim) -> Raw:
        expect_customers(self.customer, command.lines or ())
        return self.commands.run(expenses.update_expense_claim, command)

    @rpc
    def submit_expense_claim(self, command: SubmitExpenseClaim) -> Raw:
        return self.commands.run(expenses.submit_expense_claim, command)

    @rpc
    def withdraw_expense_claim(self, command: WithdrawExpenseClaim) -> Raw:
        return self.commands.run(expenses.withdraw_expense_claim, command)

    @rpc
    def review_expense_claim(self, command: ReviewExpenseClaim) -> Raw:
        return self.commands.run(expenses.review_expense_claim, command)

    @rpc
    def pay_expense_claim(self, command: PayExpenseClaim) -> Raw:
        return self.commands.run(expenses.pay_expense_claim, command)

    @rpc
    def budgets(self, query: Budgets) -> Raw:
        return self.views.page(query)

    @rpc
    def budgets_by_ids(self, query: BudgetsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_budget(self, command: CreateBudget) -> Raw:
        return self.commands.run(budgets.create_budget, command)

    @rpc
    def update_budget(self, command: UpdateBudget) -> Raw:
        return self.commands.run(budgets.update_budget, command)
