"""Receivables: the states of features §3.6 alone, each step from each state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from crm_common.errors import Code, CrmError
from crm_common.protocol.finance.receivables import ReceivableSource, ReceivableState, UpdateReceivable
from finance.domain import receivable as domain
from finance.domain.receivable import OPEN, OVERDUE, PARTIAL, SETTLED, VOIDED, WRITTEN_OFF, Receivable

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
D = Decimal
OWED = Receivable(
    id=UUID(int=1), title="SO-1", source=ReceivableSource.ORDER, customer_id=UUID(int=2), owner_id=UUID(int=3),
    amount=D("8000.00"), currency="CNY", arose_on=TODAY, due_on=date(2026, 12, 23),
)  # fmt: skip
IN = {
    OPEN: OWED,
    PARTIAL: replace(OWED, state=PARTIAL, received=D("3000.00")),
    OVERDUE: replace(OWED, state=OVERDUE, due_on=date(2026, 11, 22)),
    SETTLED: replace(OWED, state=SETTLED, received=D("8000.00"), settled_at=NOW),
    WRITTEN_OFF: replace(OWED, state=WRITTEN_OFF),
    VOIDED: replace(OWED, state=VOIDED),
}
Step = Callable[[Receivable], Receivable]
STEPS: dict[str, tuple[Step, dict[ReceivableState, ReceivableState]]] = {
    "pays a part": (lambda r: domain.paid(r, D(1000), NOW), {OPEN: PARTIAL, PARTIAL: PARTIAL, OVERDUE: PARTIAL}),
    "pays the rest": (
        lambda r: domain.paid(r, r.open_amount, NOW), {OPEN: SETTLED, PARTIAL: SETTLED, OVERDUE: SETTLED},
    ),
    "day passes": (
        lambda r: domain.passed_due(r, date(2026, 12, 24)),
        {OPEN: OVERDUE, PARTIAL: OVERDUE, OVERDUE: OVERDUE, SETTLED: SETTLED, WRITTEN_OFF: WRITTEN_OFF, VOIDED: VOIDED},
    ),
    "asked to write off": (lambda r: domain.write_off_asked(r, 1, UUID(int=9), "破产"), {OPEN: OPEN}),
    "written off": (
        lambda r: domain.write_off_decided(replace(r, write_off_asked_by=UUID(int=9)), approved=True),
        # whatever came meanwhile keeps it
        {OPEN: WRITTEN_OFF, PARTIAL: PARTIAL, OVERDUE: OVERDUE, SETTLED: SETTLED, WRITTEN_OFF: WRITTEN_OFF,
         VOIDED: VOIDED},
    ),
    "all reversed": (lambda r: domain.unpaid(r, r.received, NOW), {PARTIAL: OPEN, OVERDUE: OVERDUE, SETTLED: OPEN}),
    "part reversed": (
        lambda r: domain.unpaid(r, r.received / 2, NOW), {PARTIAL: PARTIAL, OVERDUE: OVERDUE, SETTLED: PARTIAL},
    ),
    "returned in part": (
        lambda r: domain.reduced(r, D(7000), NOW),
        {OPEN: OPEN, PARTIAL: PARTIAL, OVERDUE: OVERDUE, SETTLED: SETTLED},
    ),
    "returned but for what was paid": (
        lambda r: domain.reduced(r, r.received, NOW),
        {OPEN: SETTLED, PARTIAL: SETTLED, OVERDUE: SETTLED, SETTLED: SETTLED},
    ),
    "voided": (
        lambda r: domain.voided(replace(r, received=D(0)), "错单"),
        {OPEN: VOIDED, PARTIAL: VOIDED, OVERDUE: VOIDED, SETTLED: VOIDED},
    ),
    "another due day": (
        lambda r: domain.edited(r, UpdateReceivable(id=r.id, version=1, due_on=date(2026, 12, 30)), TODAY),
        {OPEN: OPEN, PARTIAL: PARTIAL},
    ),
}  # fmt: skip


@pytest.mark.parametrize("state", list(ReceivableState))
@pytest.mark.parametrize("step", STEPS)
def test_every_step_leads_where_the_table_says_and_nowhere_else(step: str, state: ReceivableState) -> None:
    take, legal = STEPS[step]
    if state in legal:
        assert take(IN[state]).state is legal[state]
        return
    with pytest.raises(CrmError) as refused:
        take(IN[state])
    assert refused.value.code is Code.BAD_STATE


def test_fin_04_three_of_eight_thousand_leave_five_open() -> None:
    after = domain.paid(OWED, D("3000.00"), NOW)
    assert (after.state, after.received, after.open_amount, after.settled_at) == (PARTIAL, D(3000), D(5000), None)
    settled = domain.paid(after, D("5000.00"), NOW)
    assert (settled.state, settled.open_amount, settled.settled_at, settled.version) == (SETTLED, D(0), NOW, 3)


def test_what_is_owed_for_nothing_is_settled_at_once() -> None:
    free = domain.opened(replace(OWED, amount=D("0.00")), NOW)
    assert (free.state, free.settled_at) == (SETTLED, NOW)


def test_money_that_was_kept_is_not_voided_but_money_that_went_back_is() -> None:
    with pytest.raises(CrmError) as refused:
        domain.voided(IN[PARTIAL], "错单")
    assert refused.value.rule == "what_was_paid_is_not_voided"
    back = domain.refunded(IN[PARTIAL], D("3000.00"), NOW)
    assert (back.state, back.open_amount) == (OPEN, D(8000))
    assert domain.voided(back, "错单").open_amount == D(0)


def test_a_return_of_what_was_paid_for_leaves_it_settled_until_money_went_back() -> None:
    less = domain.reduced(IN[SETTLED], D("7000.00"), NOW)
    assert (less.state, less.kept, less.open_amount, less.settled_at) == (SETTLED, D(8000), D(0), NOW)
    back = domain.refunded(less, D("1000.00"), NOW)
    assert (back.state, back.kept) == (SETTLED, D(7000))


def test_writing_off_is_asked_once_and_a_stale_version_is_a_conflict() -> None:
    asked = domain.write_off_asked(OWED, 1, UUID(int=9), " 破产 ")
    with pytest.raises(CrmError) as twice:
        domain.write_off_asked(asked, 2, UUID(int=9), "破产")
    assert twice.value.rule == "a_receivable_waits_for_its_approval"
    with pytest.raises(CrmError) as stale:
        domain.write_off_asked(OWED, 7, UUID(int=9), "破产")
    assert stale.value.code is Code.CONFLICT
    off = domain.write_off_decided(asked, approved=True)
    assert (off.state, off.closed_reason, off.open_amount) == (WRITTEN_OFF, "破产", D(0))
    kept = domain.write_off_decided(asked, approved=False)
    assert (kept.state, kept.write_off_asked_by) == (OPEN, None)


def test_a_due_day_is_not_moved_into_the_past() -> None:
    with pytest.raises(CrmError) as refused:
        domain.edited(OWED, UpdateReceivable(id=OWED.id, version=1, due_on=date(2026, 11, 22)), TODAY)
    assert (refused.value.code, refused.value.field) == (Code.VALIDATION, "due_on")
