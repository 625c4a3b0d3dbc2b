"""Expense claims (FIN-11): what they are made of, and through which states they go. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.editing import expect_version, plain
from crm_common.ids import Ids
from crm_common.protocol.finance.expenses import (
    ClaimState,
    ClaimVerdict,
    CreateExpenseClaim,
    ExpenseItem,
    ExpenseLineGiven,
    ExpenseLineWritten,
    ExpenseRules,
    ReviewExpenseClaim,
)
from crm_common.protocol.finance.spending import SpendingRules, expect_amount

EDITABLE = (ClaimState.DRAFT, ClaimState.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim as it stands, without its lines."""

    id: UUID
    title: str
    claimant_id: UUID
    department_id: UUID | None
    amount: Decimal
    currency: str
    state: ClaimState
    submitted_at: datetime | None = None
    reviewed_by: UUID | None = None
    reviewed_at: datetime | None = None
    review_reason: str | None = None
    paid_by: UUID | None = None
    paid_on: date | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was spent for one thing."""

    id: UUID
    place: int
    item: ExpenseItem
    spent_on: date
    amount: Decimal
    remark: str
    customer_id: UUID | None
    campaign_id: UUID | None
    project: str | None
    document_ids: tuple[UUID, ...]

    @property
    def has_bearer(self) -> bool:
        """Whether it is a cost of something else than the company as a whole (FIN-18)."""
        return bool(self.customer_id or self.campaign_id or self.project)


def begun(
    identifier: UUID, claimant: UUID, department: UUID | None, command: CreateExpenseClaim, amount: Decimal
) -> Claim:
    """A draft whose lines add up to ``amount``."""
    return Claim(
        id=identifier, title=command.title.strip() or command.title, claimant_id=claimant, department_id=department,
        amount=amount, currency=command.currency, state=ClaimState.DRAFT,
    )  # fmt: skip


def lines(given: Sequence[ExpenseLineGiven], new_id: Ids, today: date) -> list[Line]:
    """The lines as they are kept."""
    made = []
    for place, each in enumerate(given):
        expect_amount(each.amount, f"lines.{place}.amount")
        if each.spent_on > today:
            raise SpendingRules.what_happens_is_not_in_the_future(field=f"lines.{place}.spent_on")
        values = {name: getattr(each, name) for name in ExpenseLineGiven.__slots__}
        made.append(Line(id=new_id(), place=place + 1, **values))
    return made


def total(of: Sequence[Line]) -> Decimal:
    """What they add up to."""
    return sum((each.amount for each in of), Decimal(0))


def told(of: Sequence[Line]) -> list[dict[str, Any]]:
    """The lines as events tell them; what is said of a customer is told apart (`said`), under his key."""
    return [{name: plain(value) for name, value in asdict(_unsaid(each)).items()} for each in of]


def said(claim_id: UUID, of: Sequence[Line]) -> list[ExpenseLineWritten]:
    """What lines say of customers."""
    return [
        ExpenseLineWritten(
            claim_id=claim_id, line_id=each.id, customer_id=each.customer_id, remark=each.remark, project=each.project
        )
        for each in of
        if each.customer_id is not None and (each.remark or each.project)
    ]  # fmt: skip


def rewritten(before: Claim, title: str, amount: Decimal, version: int) -> Claim:
    """The claim with another title and other lines."""
    expect_version(before.version, version)
    _expect(before, *EDITABLE)
    return _next(before, title=title.strip() or title, amount=amount)


def submitted(before: Claim, version: int, department: UUID | None, now: datetime) -> Claim:
    """The claim as it waits for its review, on the budget of the department its claimant is of now."""
    expect_version(before.version, version)
    _expect(before, *EDITABLE)
    if not before.amount:
        raise ExpenseRules.a_claim_has_lines(field="lines")
    if department is None:
        raise ExpenseRules.a_claim_needs_a_department(field="id")
    return _next(
        before, state=ClaimState.SUBMITTED, submitted_at=now, department_id=department,
        reviewed_by=None, reviewed_at=None, review_reason=None,
    )  # fmt: skip


def withdrawn(before: Claim, version: int) -> Claim:
    """A draft again."""
    expect_version(before.version, version)
    _expect(before, ClaimState.SUBMITTED)
    return _next(before, state=ClaimState.DRAFT, submitted_at=None)


def reviewed(before: Claim, command: ReviewExpenseClaim, reviewer: UUID, now: datetime) -> Claim:
    """The claim after its review by somebody else."""
    if before.claimant_id == reviewer:
        raise ExpenseRules.who_claims_does_not_review(field="id")
    _expect(before, ClaimState.SUBMITTED)
    expect_version(before.version, command.version)
    reason = (command.reason or "").strip() or None
    if command.verdict is ClaimVerdict.REJECT and reason is None:
        raise ExpenseRules.a_claim_refused_needs_a_reason(field="reason")
    state = ClaimState.APPROVED if command.verdict is ClaimVerdict.APPROVE else ClaimState.REJECTED
    return _next(before, state=state, reviewed_by=reviewer, reviewed_at=now, review_reason=reason)


def paid(before: Claim, version: int, cashier: UUID, paid_on: date) -> Claim:
    """The claim after it was paid: the second of two cashiers finds it so."""
    _expect(before, ClaimState.APPROVED)
    expect_version(before.version, version)
    return _next(before, state=ClaimState.PAID, paid_by=cashier, paid_on=paid_on)


def _expect(claim: Claim, *states: ClaimState) -> None:
    if claim.state not in states:
        raise ExpenseRules.a_claim_is_not_in_this_state(field="id", state=claim.state.value)


def _next(before: Claim, **changes: Any) -> Claim:
    return replace(before, version=before.version + 1, **changes)


def _unsaid(line: Line) -> Line:
    return line if line.customer_id is None else replace(line, remark="", project=None)
