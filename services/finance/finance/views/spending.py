"""Claims, budgets, payables, payments and funds as they are shown."""

from __future__ import annotations

from crm_common.projections.employees import employee_ref
from crm_common.protocol.finance.budgets import BudgetView
from crm_common.protocol.finance.expenses import SEE_OTHERS, ExpenseClaimView, ExpenseLineView
from crm_common.protocol.finance.funds import SEE_FUNDS, FundReturnView, FundUseView
from crm_common.protocol.finance.payables import PayableView
from crm_common.protocol.finance.payments import PaymentPlanView, PaymentView
from crm_common.reading import bind, by_owner, many, one
from finance.store.budgets import CONSUMED
from finance.tables.funds import fund_return, fund_use
from finance.tables.spending import budget, expense_claim, expense_line, payable, payment, payment_plan
from finance.views.own import OwnOr

_NAME = "SELECT e.name FROM employee_ref e WHERE e.id = {{t}}.{}"
_OPEN = "CASE {t}.state WHEN 'VOIDED' THEN 0 ELSE {t}.amount - {t}.paid_amount END"
_OWED = "SELECT p.{} FROM payable p WHERE p.id = {{t}}.payable_id"
# payments count to the earliest instalment first
_LEFT = """SELECT least({t}.amount, greatest(0, coalesce(sum(i.amount), 0) - p.paid_amount)) FROM payable p
    JOIN payment_plan i ON i.payable_id = p.id AND i.place <= {t}.place WHERE p.id = {t}.payable_id
    GROUP BY p.paid_amount"""


EXPENSE_LINES = bind(ExpenseLineView, expense_line, default_order=[expense_line.c.place])
EXPENSE_CLAIMS = bind(
    ExpenseClaimView,
    expense_claim,
    fields={"claimant_name": _NAME.format("claimant_id")},
    children={"lines": many(expense_line.c.claim_id, part=True, order=[expense_line.c.place])},
    scope=OwnOr(SEE_OTHERS, by_owner("expense", owner=expense_claim.c.claimant_id, people=employee_ref)),
    default_order=[expense_claim.c.created_at.desc()],
)
BUDGETS = bind(
    BudgetView,
    budget,
    fields={"consumed": CONSUMED, "left": f"{{t}}.amount - ({CONSUMED})"},
    default_order=[budget.c.first_day.desc()],
)
PAYABLES = bind(
    PayableView,
    payable,
    fields={"owner_name": _NAME.format("owner_id"), "open_amount": _OPEN},
    scope=by_owner("payable", owner=payable.c.owner_id, people=employee_ref),
    default_order=[payable.c.due_on],
)
PAYMENTS = bind(
    PaymentView,
    payment,
    children={"payable": one(payment.c.payable_id)},
    scope=by_owner("payable", owner=payment.c.owner_id, people=employee_ref),
    default_order=[payment.c.paid_on.desc()],
)
PAYMENT_PLANS = bind(
    PaymentPlanView,
    payment_plan,
    fields={"open_amount": _LEFT, "currency": _OWED.format("currency")},
    children={"payable": one(payment_plan.c.payable_id)},
    scope=by_owner("payable", owner=payment_plan.c.owner_id, people=employee_ref),
    default_order=[payment_plan.c.due_on],
)
FUND_RETURNS = bind(FundReturnView, fund_return, default_order=[fund_return.c.created_at])
FUND_USES = bind(
    FundUseView,
    fund_use,
    fields={
        "user_name": _NAME.format("user_id"),
        "open_amount": "CASE {t}.state WHEN 'VOIDED' THEN 0 ELSE {t}.amount - {t}.returned_amount END",
    },
    children={"returns": many(fund_return.c.fund_use_id, part=True, order=[fund_return.c.created_at])},
    scope=OwnOr(SEE_FUNDS, by_owner("fund", owner=fund_use.c.user_id, people=employee_ref)),
    default_order=[fund_use.c.created_at.desc()],
)
SPENDING = (
    EXPENSE_LINES,
    EXPENSE_CLAIMS,
    BUDGETS,
    PAYABLES,
    PAYMENTS,
    PAYMENT_PLANS,
    FUND_RETURNS,
    FUND_USES,
)
