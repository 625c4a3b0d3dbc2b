"""Receivables (features §3.6): what each step makes of one, and what is refused. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.editing import chosen, difference, expect_version
from crm_common.protocol.finance.receivables import (
    ReceivableRules,
    ReceivableSource,
    ReceivableState,
    UpdateReceivable,
)

OPEN, PARTIAL, OVERDUE = ReceivableState.OPEN, ReceivableState.PARTIAL, ReceivableState.OVERDUE
SETTLED, WRITTEN_OFF, VOIDED = ReceivableState.SETTLED, ReceivableState.WRITTEN_OFF, ReceivableState.VOIDED
UNPAID = (OPEN, PARTIAL, OVERDUE)
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receivable:
    """Something a customer owes. ``received`` is what confirmed receipts paid, ``refunded`` what went back of it."""

    id: UUID
    title: str
    source: ReceivableSource
    order_id: UUID | None = None
    contract_id: UUID | None = None
    customer_id: UUID
    owner_id: UUID
    state: ReceivableState = OPEN
    amount: Decimal
    received: Decimal = NOTHING
    refunded: Decimal = NOTHING
    currency: str
    arose_on: date
    due_on: date
    settled_at: datetime | None = None
    write_off_asked_by: UUID | None = None
    write_off_reason: str | None = None
    closed_reason: str | None = None
    remark: str | None = None
    created_by: UUID | None = None
    version: int = 1

    @property
    def kept(self) -> Decimal:
        """What was paid and not paid back."""
        return self.received - self.refunded

    @property
    def open_amount(self) -> Decimal:
        """What is still owed."""
        return max(NOTHING, self.amount - self.kept) if self.state in UNPAID else NOTHING


def opened(receivable: Receivable, now: datetime) -> Receivable:
    """A new receivable; of nothing at all nothing is owed."""
    return receivable if receivable.amount else replace(receivable, state=SETTLED, settled_at=now)


def paid(before: Receivable, amount: Decimal, now: datetime) -> Receivable:
    """It after a confirmed receipt that pays ``amount`` of it: PARTIAL, or SETTLED with nothing left."""
    expect_open(before)
    return _counted(before, now, received=before.received + amount)


def unpaid(before: Receivable, amount: Decimal, now: datetime) -> Receivable:
    """It after a receipt that had paid ``amount`` of it was reversed."""
    _expect(before, (PARTIAL, OVERDUE, SETTLED), ReceivableRules.only_an_open_receivable_is_changed)
    return _still_overdue(before, _counted(before, now, received=before.received - amount))


def refunded(before: Receivable, amount: Decimal, now: datetime) -> Receivable:
    """It after ``amount`` was paid back to the customer."""
    _expect(before, (PARTIAL, OVERDUE, SETTLED), ReceivableRules.only_an_open_receivable_is_changed)
    return _still_overdue(before, _counted(before, now, refunded=before.refunded + amount))


def reduced(before: Receivable, amount: Decimal, now: datetime) -> Receivable:
    """It after part of its order came back: ``amount`` is owed in all. What was paid beyond that may be paid back."""
    _expect(before, (*UNPAID, SETTLED), ReceivableRules.only_an_open_receivable_is_changed)
    return before if amount == before.amount else _still_overdue(before, _counted(before, now, amount=amount))


def passed_due(before: Receivable, today: date) -> Receivable:
    """It, overdue if its due day has passed."""
    if before.state not in (OPEN, PARTIAL) or before.due_on >= today:
        return before
    return replace(before, state=OVERDUE, version=before.version + 1)


def write_off_asked(before: Receivable, version: int, by: UUID, reason: str) -> Receivable:
    """It waits for the approval of its writing off."""
    _expect(before, (OPEN,), ReceivableRules.only_what_nobody_has_paid_is_written_off)
    if before.write_off_asked_by is not None:
        raise ReceivableRules.a_receivable_waits_for_its_approval(field="id")
    expect_version(before.version, version)
    return replace(before, write_off_asked_by=by, write_off_reason=reason.strip(), version=before.version + 1)


def write_off_decided(before: Receivable, *, approved: bool) -> Receivable:
    """It after the approval came to its end; money that came meanwhile keeps it from being written off."""
    if before.write_off_asked_by is None:
        return before
    after = replace(before, write_off_asked_by=None, write_off_reason=None, version=before.version + 1)
    if approved and before.state is OPEN:
        return replace(after, state=WRITTEN_OFF, closed_reason=before.write_off_reason)
    return after


def voided(before: Receivable, reason: str) -> Receivable:
    """It after what it was for ceased to hold; money that was kept is paid back first."""
    _expect(before, (*UNPAID, SETTLED), ReceivableRules.only_an_open_receivable_is_changed)
    if before.kept:
        raise ReceivableRules.what_was_paid_is_not_voided(field="id")
    return replace(before, state=VOIDED, closed_reason=reason.strip(), version=before.version + 1)


def edited(before: Receivable, command: UpdateReceivable, today: date) -> Receivable:
    """It with another due day or remark, before it is overdue."""
    _expect(before, (OPEN, PARTIAL), ReceivableRules.only_an_open_receivable_is_changed)
    expect_version(before.version, command.version)
    due_on, remark = chosen(command.due_on, before.due_on), chosen(command.remark, before.remark)
    if due_on != before.due_on and due_on < today:
        raise ReceivableRules.a_due_day_lies_ahead(field="due_on")
    after = replace(before, due_on=due_on, remark=remark)
    return before if after == before else replace(after, version=before.version + 1)


def expect_open(receivable: Receivable) -> None:
    """Refuse money for what is paid, written off or void."""
    _expect(receivable, UNPAID, ReceivableRules.only_an_open_receivable_takes_money)


def expect_by_hand(receivable: Receivable, version: int) -> None:
    """Refuse to void by hand what goes with its order."""
    if receivable.order_id is not None:
        raise ReceivableRules.an_orders_receivable_goes_with_it(field="id")
    expect_version(receivable.version, version)


def told(before: Receivable | None, after: Receivable) -> dict[str, Any]:
    """What every event of a receivable says."""
    names = ("order_id", "contract_id", "customer_id", "owner_id", "title", "amount", "open_amount", "currency")
    said = {"receivable_id": after.id} | {name: getattr(after, name) for name in (*names, "due_on")}
    return said | {"changes": difference(before, after)}


def _counted(before: Receivable, now: datetime, **figures: Any) -> Receivable:
    after = replace(before, **figures, version=before.version + 1)
    if after.kept >= after.amount:
        return replace(after, state=SETTLED, settled_at=before.settled_at or now)
    return replace(after, state=PARTIAL if after.kept > 0 else OPEN, settled_at=None)


def _still_overdue(before: Receivable, after: Receivable) -> Receivable:
    """Only money makes what is overdue PARTIAL."""
    return replace(after, state=OVERDUE) if before.state is OVERDUE and after.state is not SETTLED else after


def _expect(receivable: Receivable, states: Collection[ReceivableState], rule: Any) -> None:
    if receivable.state not in states:
        raise rule(field="id", state=receivable.state.value)
