"""Credit evaluations (CUS-44): what may be said of them, and who decides. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.editing import difference, expect_version
from crm_common.protocol.customer.credit import (
    CreditGrade,
    CreditRules,
    CreditStatus,
    Evaluation,
    ReviewCreditEvaluation,
    UpdateCreditEvaluation,
)
from crm_common.protocol.declare import Changes

SECTIONS = (
    "outline",
    "management",
    "financial_state",
    "bank_credit",
    "payment_record",
    "operations",
    "site_visit",
    "affiliates",
    "public_records",
    "press",
    "verdict",
    "advice",
)
_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A credit evaluation. ``writers``: everybody who wrote on it."""

    id: UUID
    customer_id: UUID
    status: CreditStatus
    grade: CreditGrade
    credit_limit: Decimal
    currency: str
    outline: str | None
    management: str | None
    financial_state: str | None
    bank_credit: str | None
    payment_record: str | None
    operations: str | None
    site_visit: str | None
    affiliates: str | None
    public_records: str | None
    press: str | None
    verdict: str | None
    advice: str | None
    writers: tuple[UUID, ...]
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    decision_reason: str | None = None
    valid_until: datetime | None = None
    version: int = field(default=1, compare=False)


COLUMNS = tuple(each.name for each in fields(Credit) if each.name != "version")


def proposed(credit_id: UUID, customer_id: UUID, given: Evaluation, writer: UUID) -> Credit:
    """A new evaluation."""
    status = CreditStatus.PENDING
    return Credit(id=credit_id, customer_id=customer_id, status=status, writers=(writer,), **_said(given))


def rewritten(credit: Credit, command: UpdateCreditEvaluation, writer: UUID) -> Credit:
    """The evaluation as it is written anew; while it waits."""
    expect_version(credit.version, command.version)
    _expect_pending(credit)
    return replace(credit, writers=tuple(dict.fromkeys((*credit.writers, writer))), **_said(command))


def decided(credit: Credit, command: ReviewCreditEvaluation, by: UUID, *, now: datetime, until: datetime) -> Credit:
    """The evaluation approved (it holds ``until``) or refused, by nobody who wrote on it."""
    expect_version(credit.version, command.version)
    _expect_pending(credit)
    if by in credit.writers:
        raise CreditRules.who_writes_does_not_approve(field="id")
    reason = (command.reason or "").strip() or None
    if not command.approve and reason is None:
        raise CreditRules.a_refusal_has_a_reason(field="reason")
    return replace(
        credit,
        status=CreditStatus.APPROVED if command.approve else CreditStatus.REJECTED,
        decided_by=by,
        decided_at=now,
        decision_reason=reason,
        valid_until=until if command.approve else None,
    )


def changed(before: Credit | None, after: Credit) -> Changes:
    """What the event tells."""
    changes = difference(before, after, without=("id", "customer_id", "writers", "credit_limit", "version"))
    old, new = None if before is None else str(before.credit_limit), str(after.credit_limit)
    return changes | ({"credit_limit": (old, new)} if old != new else {})


def _said(given: Evaluation) -> dict[str, Any]:
    limit = given.credit_limit
    if not limit.is_finite() or not 0 <= limit < _MOST or limit != limit.quantize(_CENT):
        raise CreditRules.a_limit_is_an_amount(field="credit_limit")
    sections = {name: (getattr(given, name) or "").strip() or None for name in SECTIONS}
    return {"grade": given.grade, "credit_limit": limit.quantize(_CENT), "currency": given.currency, **sections}


def _expect_pending(credit: Credit) -> None:
    if credit.status is not CreditStatus.PENDING:
        raise CreditRules.an_evaluation_was_decided(field="id")
