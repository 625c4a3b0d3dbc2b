"""Commands about expense claims (FIN-11): written, reviewed, paid; what they cost whom (FIN-18)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import UNSET

from crm_common.changes import Change
from crm_common.days import today
from crm_common.editing import chosen, difference
from crm_common.errors import CommonRules
from crm_common.protocol.finance.expenses import (
    PAY_DAYS,
    ClaimState,
    CostAllocated,
    CreateExpenseClaim,
    ExpenseApproved,
    ExpenseCreated,
    ExpensePaid,
    ExpenseRejected,
    ExpenseSubmitted,
    ExpenseUpdated,
    ExpenseWithdrawn,
    PayExpenseClaim,
    ReviewExpenseClaim,
    SubmitExpenseClaim,
    UpdateExpenseClaim,
    WithdrawExpenseClaim,
)
from crm_common.protocol.finance.payables import PayableCreated
from finance.domain import expense as domain
from finance.domain import payable as payables
from finance.domain.expense import Claim, Line
from finance.store import expenses as store
from finance.store import payables as payable_store
from finance.store.expenses import CLAIMS
from finance.usecases import budgets, payments
from finance.usecases.reach import expect_in_reach

_SECTION = "expense"


def create_expense_claim(change: Change, command: CreateExpenseClaim) -> dict[str, Any]:
    """A draft of the caller's."""
    me = change.context.authenticated()
    lines = domain.lines(command.lines, change.new_id, today(change))
    draft = domain.begun(change.new_id(), me.id, me.department_id, command, domain.total(lines))
    CLAIMS.insert(change.connection, draft, change.now)
    store.replace_lines(change.connection, draft.id, lines)
    change.record(ExpenseCreated(**_about(None, draft, ((), lines))), *domain.said(draft.id, lines))
    return {"claim": draft.id}


def update_expense_claim(change: Change, command: UpdateExpenseClaim) -> dict[str, Any]:
    """The caller's claim, written anew."""
    before = _own(change, command.id)
    old = store.lines(change.connection, before.id)
    lines = old if command.lines is UNSET else domain.lines(command.lines, change.new_id, today(change))
    after = domain.rewritten(before, chosen(command.title, before.title), domain.total(lines), command.version)
    CLAIMS.save(change.connection, after, change.now)
    if lines is not old:
        store.replace_lines(change.connection, after.id, lines)
    told = ExpenseUpdated(**_about(before, after, (old, lines)))
    change.record(told, *(() if lines is old else domain.said(after.id, lines)))
    return {"claim": after.id}


def submit_expense_claim(change: Change, command: SubmitExpenseClaim) -> dict[str, Any]:
    """The claim waits for its review; budgets are asked."""
    before = _own(change, command.id)
    department = change.context.authenticated().department_id
    after = domain.submitted(before, command.version, department, change.now)
    CLAIMS.save(change.connection, after, change.now)
    change.record(ExpenseSubmitted(**_about(before, after)))
    return {"claim": after.id, "warnings": budgets.spend(change, after)}


def withdraw_expense_claim(change: Change, command: WithdrawExpenseClaim) -> dict[str, Any]:
    """The claim is a draft again."""
    before = _own(change, command.id)
    after = domain.withdrawn(before, command.version)
    CLAIMS.save(change.connection, after, change.now)
    change.record(ExpenseWithdrawn(**_about(before, after)))
    budgets.measure(change, after)
    return {"claim": after.id}


def review_expense_claim(change: Change, command: ReviewExpenseClaim) -> dict[str, Any]:
    """The claim of somebody else is approved, and so becomes a payable, or refused."""
    me = change.context.authenticated().id
    before = _reached(change, command.id)
    after = domain.reviewed(before, command, me, change.now)
    CLAIMS.save(change.connection, after, change.now)
    told = _about(before, after) | {"reviewed_by": me}
    if after.state is ClaimState.REJECTED:
        change.record(ExpenseRejected(**told, reason=after.review_reason or ""))
        budgets.measure(change, after)
    else:
        _owe(change, after, told)
    return {"claim": after.id}


def pay_expense_claim(change: Change, command: PayExpenseClaim) -> dict[str, Any]:
    """The cashier has paid what was approved: the claim, its payable and the payment change as one."""
    me = change.context.authenticated().id
    before = _reached(change, command.id)
    after = domain.paid(before, command.version, me, command.paid_on)
    owed = payable_store.of_claim(change.connection, after.id)
    paid = payments.Paid(
        amount=owed.open_amount, paid_on=command.paid_on, method=command.method, reference=command.reference
    )
    payment = payments.pay(change, owed, paid)
    CLAIMS.save(change.connection, after, change.now)
    told = _about(before, after)
    change.record(ExpensePaid(**told, payment_id=payment.id, paid_by=me, paid_on=command.paid_on))
    return {"claim": after.id}


def _owe(change: Change, claim: Claim, told: dict[str, Any]) -> None:
    due_on = today(change) + timedelta(days=change.settings.get(PAY_DAYS))
    payee = store.claimant_name(change.connection, claim.claimant_id)
    owed = payables.of_claim(change.new_id(), claim, payee, due_on)
    payable_store.PAYABLES.insert(change.connection, owed, change.now)
    change.record(ExpenseApproved(**told, payable_id=owed.id))
    change.record(PayableCreated(**payables.told(owed), changes=difference(None, owed)))
    change.record(*(_cost(claim, line) for line in store.lines(change.connection, claim.id) if line.has_bearer))


def _cost(claim: Claim, line: Line) -> CostAllocated:
    names = ("campaign_id", "customer_id", "project", "item", "amount", "spent_on")
    values: dict[str, Any] = {name: getattr(line, name) for name in names}
    return CostAllocated(line_id=line.id, claim_id=claim.id, currency=claim.currency, **values)


def _own(change: Change, claim_id: UUID) -> Claim:
    found = CLAIMS.locked(change.connection, claim_id)
    if found is None or found.claimant_id != change.context.authenticated().id:
        raise CommonRules.the_record_was_not_found(field="id")
    return found


def _reached(change: Change, claim_id: UUID) -> Claim:
    found = CLAIMS.locked(change.connection, claim_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    expect_in_reach(change, _SECTION, found.claimant_id)
    return found


def _about(before: Claim | None, after: Claim, lines: tuple[Sequence[Line], Sequence[Line]] | None = None) -> Any:
    changes = difference(before, after)
    if lines is not None and lines[0] is not lines[1]:
        changes["lines"] = (domain.told(lines[0]), domain.told(lines[1]))
    names = ("claimant_id", "title", "amount", "currency")
    return {"claim_id": after.id, "changes": changes} | {name: getattr(after, name) for name in names}
