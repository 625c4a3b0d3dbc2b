"""Claims, budgets, payables and payments as they are shown."""

from __future__ import annotations

from crm_common.context import Actor
from crm_common.projections.employees import employee_ref
from crm_common.protocol.finance.budgets import BudgetView
from crm_common.protocol.finance.expenses import SEE_OTHERS, ExpenseClaimView, ExpenseLineView
from crm_common.protocol.finance.payables import PayableView
from crm_common.protocol.finance.payments import PaymentPlanView, PaymentView
from crm_common.reading import Scope, bind, by_owner, many, one
from crm_common.reading.scope import Reach
from finance.store.budgets import CONSUMED
from finance.tables.spending import budget, expense_claim, expense_line, payable, payment, payment_plan

_NAME = "SELECT e.name FROM employee_ref e WHERE e.id = {{t}}.{}"
_OPEN = "CASE {t}.state WHEN 'VOIDED' THEN 0 ELSE {t}.amount - {t}.paid_amount END"
_OWED = "SELECT p.{} FROM payable p WHERE p.id = {{t}}.payable_id"
# payments count to the earliest instalment first
_LEFT = """SELECT least({t}.amount, greatest(0, coalesce(sum(i.amount), 0) - p.paid_amount)) FROM payable p
    JOIN payment_plan i ON i.payable_id = p.id AND i.place <= {t}.place WHERE p.id = {t}.payable_id
    GROUP BY p.paid_amount"""


class _ClaimScope:
    """One's own claims; those of others, for whoever has to do with them, by his data scope of expenses."""

    def __init__(self, others: Scope) -> None:
        self._others = others

    def kind(self, actor: Actor | None) -> str | None:
        return self._others.kind(actor) if actor is None or SEE_OTHERS.allows(actor) else "SELF"

    def condition(self, kind: str, reach: Reach) -> str:
        return self._others.condition(kind, reach)

    def owners(self, kind: str) -> str | None:
        return self._others.owners(kind)


EXPENSE_LINES = bind(ExpenseLineView, expense_line, default_order=[expense_line.c.place])
EXPENSE_CLAIMS = bind(
    ExpenseClaimView,
    expense_claim,
    fields={"claimant_name": _NAME.format("claimant_id")},
    children={"lines": many(expense_line.c.claim_id, part=True, order=[expense_line.c.place])},
    scope=_ClaimScope(by_owner("expense", owner=expense_claim.c.claimant_id, people=employee_ref)),
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
SPENDING = (EXPENSE_LINES, EXPENSE_CLAIMS, BUDGETS, PAYABLES, PAYMENTS, PAYMENT_PLANS)
