"""Use of funds (FIN-14): what was taken, what was brought back, when somebody is reminded. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.editing import expect_version
from crm_common.protocol.finance.funds import FundRules, FundUseState, RegisterFundUse, ReturnFunds
from crm_common.protocol.finance.spending import PaymentMethod, SpendingRules, expect_amount
from finance.domain.reminding import reminder

UNRETURNED = (FundUseState.OPEN, FundUseState.PARTIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class FundUse:
    """Money that somebody took."""

    id: UUID
    user_id: UUID
    purpose: str
    amount: Decimal
    returned_amount: Decimal = Decimal(0)
    currency: str
    used_on: date
    due_on: date
    state: FundUseState = FundUseState.OPEN
    registered_by: UUID
    void_reason: str | None = None
    reminded_on: date | None = None
    version: int = 1

    @property
    def open_amount(self) -> Decimal:
        """What is still to be returned."""
        return Decimal(0) if self.state is FundUseState.VOIDED else self.amount - self.returned_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class FundReturn:
    """What was brought back at once."""

    id: UUID
    fund_use_id: UUID
    amount: Decimal
    returned_on: date
    method: PaymentMethod
    remark: str
    registered_by: UUID


def used(identifier: UUID, command: RegisterFundUse, by: UUID, today: date) -> FundUse:
    """What somebody took."""
    expect_amount(command.amount, "amount")
    if command.used_on > today:
        raise SpendingRules.what_happens_is_not_in_the_future(field="used_on")
    if command.due_on < command.used_on:
        raise FundRules.funds_are_returned_after_they_are_used(field="due_on")
    return FundUse(
        id=identifier, user_id=command.user_id, purpose=command.purpose, amount=command.amount,
        currency=command.currency, used_on=command.used_on, due_on=command.due_on, registered_by=by,
    )  # fmt: skip


def returned(before: FundUse, command: ReturnFunds, today: date) -> FundUse:
    """It after some or all of it was returned."""
    _expect_unreturned(before)
    expect_version(before.version, command.version)
    expect_amount(command.amount, "amount")
    if command.amount > before.open_amount:
        raise FundRules.no_more_is_returned_than_used(field="amount", open=str(before.open_amount))
    if command.returned_on < before.used_on:
        raise FundRules.funds_are_returned_after_they_are_used(field="returned_on")
    if command.returned_on > today:
        raise SpendingRules.what_happens_is_not_in_the_future(field="returned_on")
    total = before.returned_amount + command.amount
    state = FundUseState.RETURNED if total == before.amount else FundUseState.PARTIAL
    return replace(before, returned_amount=total, state=state, version=before.version + 1)


def voided(before: FundUse, version: int, reason: str) -> FundUse:
    """It after it was found to be an error."""
    _expect_unreturned(before)
    expect_version(before.version, version)
    if before.returned_amount:
        raise FundRules.funds_that_were_returned_are_not_voided(field="id")
    return replace(before, state=FundUseState.VOIDED, void_reason=reason, version=before.version + 1)


def reminded(before: FundUse, today: date) -> FundUse:
    """It after a reminder, if one is to be sent today: the day after the due day, and weekly from then on."""
    day = reminder(before.due_on + timedelta(days=1), before.reminded_on, today, 0)
    return before if day is None else replace(before, reminded_on=day)


def told(of: FundUse) -> dict[str, Any]:
    """What every event of a use of funds tells."""
    names = ("user_id", "registered_by", "purpose", "amount", "open_amount", "currency", "due_on")
    return {"fund_use_id": of.id} | {name: getattr(of, name) for name in names}


def _expect_unreturned(of: FundUse) -> None:
    if of.state not in UNRETURNED:
        raise FundRules.a_use_of_funds_is_not_in_this_state(field="id", state=of.state.value)
