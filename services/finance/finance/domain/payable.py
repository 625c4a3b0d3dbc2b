"""Payables and their payments (FIN-08, 09): what is owed, what was paid, when somebody is reminded. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.protocol.finance.payables import (
    CreatePayable,
    PayableKind,
    PayableRules,
    PayableState,
    UpdatePayable,
)
from crm_common.protocol.finance.payments import InstalmentGiven, PaymentRules
from crm_common.protocol.finance.spending import PaymentMethod, SpendingRules, expect_amount
from finance.domain.expense import Claim

UNPAID = (PayableState.OPEN, PayableState.PARTIAL, PayableState.OVERDUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """Something that is owed."""

    id: UUID
    kind: PayableKind
    title: str
    payee: str
    amount: Decimal
    paid_amount: Decimal = Decimal(0)
    currency: str
    due_on: date
    state: PayableState = PayableState.OPEN
    owner_id: UUID
    department_id: UUID | None = None
    claim_id: UUID | None = None
    contract_id: UUID | None = None
    remark: str = ""
    void_reason: str | None = None
    reminded_on: date | None = None
    version: int = 1

    @property
    def open_amount(self) -> Decimal:
        """What is still owed."""
        return Decimal(0) if self.state is PayableState.VOIDED else self.amount - self.paid_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money that was paid."""

    id: UUID
    payable_id: UUID
    amount: Decimal
    currency: str
    paid_on: date
    method: PaymentMethod
    reference: str | None
    document_ids: tuple[UUID, ...]
    owner_id: UUID
    registered_by: UUID


def entered(identifier: UUID, command: CreatePayable, me: UUID, department: UUID | None) -> Payable:
    """Something owed that somebody enters."""
    expect_amount(command.amount, "amount")
    if command.kind is PayableKind.EXPENSE:
        raise PayableRules.a_claim_is_paid_by_itself(field="kind")
    return Payable(
        id=identifier, kind=command.kind, title=command.title, payee=command.payee, amount=command.amount,
        currency=command.currency, due_on=command.due_on, owner_id=command.owner_id or me, department_id=department,
        contract_id=command.contract_id, remark=command.remark,
    )  # fmt: skip


def of_claim(identifier: UUID, claim: Claim, payee: str, due_on: date) -> Payable:
    """What is owed for an approved claim; its reviewer is in charge of it."""
    assert claim.reviewed_by is not None
    return Payable(
        id=identifier, kind=PayableKind.EXPENSE, title=claim.title, payee=payee, amount=claim.amount,
        currency=claim.currency, due_on=due_on, owner_id=claim.reviewed_by, department_id=claim.department_id,
        claim_id=claim.id,
    )  # fmt: skip


def corrected(before: Payable, command: UpdatePayable, today: date) -> Payable:
    """The payable with what the command changes."""
    expect_version(before.version, command.version)
    expect_own(before)
    _expect(before, *UNPAID)
    amount = expect_amount(chosen(command.amount, before.amount), "amount")
    if amount < before.paid_amount:
        raise PayableRules.what_was_paid_stays_owed(field="amount", paid=str(before.paid_amount))
    after = replace(
        before, title=chosen(command.title, before.title), payee=chosen(command.payee, before.payee), amount=amount,
        due_on=chosen(command.due_on, before.due_on), owner_id=chosen(command.owner_id, before.owner_id),
        remark=chosen(command.remark, before.remark),
    )  # fmt: skip
    if after == before:
        return before
    late = before.state is PayableState.OVERDUE and after.due_on < today and after.open_amount
    reminded = before.reminded_on if after.due_on == before.due_on else None
    state = PayableState.OVERDUE if late else _state(after.amount, after.paid_amount)
    return replace(after, state=state, reminded_on=reminded, version=before.version + 1)


def voided(before: Payable, version: int, reason: str) -> Payable:
    """The payable after it was found to be an error."""
    expect_own(before)
    _expect(before, *UNPAID)
    expect_version(before.version, version)
    if before.paid_amount:
        raise PayableRules.a_payable_that_was_paid_is_not_voided(field="id")
    return replace(before, state=PayableState.VOIDED, void_reason=reason, version=before.version + 1)


def paid(before: Payable, payment: Payment, today: date) -> Payable:
    """The payable after a payment; refused is what is more than what is owed, or has not happened yet."""
    _expect(before, *UNPAID)
    expect_amount(payment.amount, "amount")
    if payment.amount > before.open_amount:
        raise PaymentRules.no_more_is_paid_than_owed(field="amount", open=str(before.open_amount))
    if payment.paid_on > today:
        raise SpendingRules.what_happens_is_not_in_the_future(field="paid_on")
    total = before.paid_amount + payment.amount
    return replace(before, paid_amount=total, state=_state(before.amount, total), version=before.version + 1)


def expect_plan(payable: Payable, version: int, instalments: Sequence[InstalmentGiven]) -> None:
    """Refuse a plan of something that is settled, or that adds up to more than is owed."""
    expect_version(payable.version, version)
    _expect(payable, *UNPAID)
    for place, each in enumerate(instalments):
        expect_amount(each.amount, f"instalments.{place}.amount")
    if sum(each.amount for each in instalments) > payable.amount:
        raise PaymentRules.a_payment_plan_stays_within_what_is_owed(field="instalments", amount=str(payable.amount))


def overdue(before: Payable, today: date) -> Payable:
    """The payable, overdue if its day has passed."""
    if before.state not in (PayableState.OPEN, PayableState.PARTIAL) or before.due_on >= today:
        return before
    return replace(before, state=PayableState.OVERDUE, version=before.version + 1)


def reminded(before: Payable, day: date) -> Payable:
    """The payable after somebody was reminded of it for a day."""
    return replace(before, reminded_on=day)


def _state(amount: Decimal, paid_amount: Decimal) -> PayableState:
    if paid_amount == amount:
        return PayableState.SETTLED
    return PayableState.PARTIAL if paid_amount else PayableState.OPEN


def expect_own(payable: Payable, field: str = "id") -> None:
    """Refuse what is done to a payable that follows its claim."""
    if payable.claim_id is not None:
        raise PayableRules.a_claim_is_paid_by_itself(field=field)


def _expect(payable: Payable, *states: PayableState) -> None:
    if payable.state not in states:
        raise PayableRules.a_payable_is_not_in_this_state(field="id", state=payable.state.value)


def told(payable: Payable) -> dict[str, Any]:
    """What every event of a payable tells."""
    names = ("kind", "title", "owner_id", "claim_id", "amount", "open_amount", "currency", "due_on")
    return {"payable_id": payable.id} | {name: getattr(payable, name) for name in names}
