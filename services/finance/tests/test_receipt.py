"""Receipts: the states of features §3.6 alone, and which amounts fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from crm_common.errors import Code, CrmError
from crm_common.protocol.finance.receipts import ReceiptState, UpdateReceipt
from crm_common.protocol.finance.receivables import ReceivableSource
from crm_common.protocol.sales.orders_events import PaidVoucher
from finance.domain import receipt as domain
from finance.domain.collecting import stage
from finance.domain.receipt import CONFIRMED, PENDING, REJECTED, REVERSED, Receipt
from finance.domain.receivable import Receivable

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SELLER, FINANCE = UUID(int=3), UUID(int=4)
D = Decimal
OWED = Receivable(
    id=UUID(int=1), title="SO-1", source=ReceivableSource.ORDER, customer_id=UUID(int=2), owner_id=SELLER,
    amount=D("8000.00"), currency="CNY", arose_on=TODAY, due_on=date(2026, 12, 23),
)  # fmt: skip
PAID = Receipt(
    id=UUID(int=7), receivable_id=OWED.id, customer_id=UUID(int=2), owner_id=SELLER, amount=D("3000.00"),
    currency="CNY", received_on=TODAY, created_by=SELLER,
)  # fmt: skip
STEPS: dict[str, tuple[Callable[[Receipt], Receipt], ReceiptState, ReceiptState]] = {
    "confirm": (lambda r: domain.confirmed(r, 1, OWED, FINANCE, NOW), PENDING, CONFIRMED),
    "reject": (lambda r: domain.rejected(r, 1, "未到账", FINANCE, NOW), PENDING, REJECTED),
    "reverse": (lambda r: domain.reversed_(r, 1, "退票", FINANCE, NOW), CONFIRMED, REVERSED),
    "edit": (
        lambda r: domain.edited(r, UpdateReceipt(id=r.id, version=1, remark="尾款"), OWED, TODAY), PENDING, PENDING,
    ),
}  # fmt: skip


@pytest.mark.parametrize("state", list(ReceiptState))
@pytest.mark.parametrize("step", STEPS)
def test_every_step_leads_where_the_table_says_and_nowhere_else(step: str, state: ReceiptState) -> None:
    take, legal, leads_to = STEPS[step]
    before = replace(PAID, state=state)
    if state is legal:
        assert take(before).state is leads_to
        return
    with pytest.raises(CrmError) as refused:
        take(before)
    assert refused.value.code is Code.BAD_STATE


def test_who_entered_a_receipt_neither_confirms_nor_rejects_it() -> None:
    takes: list[Callable[[], Receipt]] = [
        lambda: domain.confirmed(PAID, 1, OWED, SELLER, NOW),
        lambda: domain.rejected(PAID, 1, "x", SELLER, NOW),
    ]
    for take in takes:
        with pytest.raises(CrmError) as refused:
            take()
        assert (refused.value.code, refused.value.rule) == (Code.FORBIDDEN, "who_enters_a_receipt_does_not_confirm_it")


def test_fin_03_more_than_is_open_is_refused_unless_it_is_an_advance_payment() -> None:
    more = replace(PAID, amount=D("8000.01"))
    with pytest.raises(CrmError) as refused:
        domain.entered(more, OWED, TODAY)
    assert (refused.value.code, refused.value.field, refused.value.details) == (
        Code.VALIDATION, "amount", {"open": "8000.00"},
    )  # fmt: skip
    advance = domain.entered(replace(more, is_advance=True), OWED, TODAY)
    after = domain.confirmed(advance, 1, OWED, FINANCE, NOW)
    assert (after.amount, after.allocated) == (D("8000.01"), D("8000.00"))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": D(0)}, "amount"),
        ({"amount": D("-5")}, "amount"),
        ({"amount": D("1.001")}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"received_on": date(2026, 11, 24)}, "received_on"),
    ],
)
def test_what_cannot_be_a_payment_is_refused(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(CrmError) as refused:
        domain.entered(replace(PAID, **wrong), OWED, TODAY)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.field) == (Code.VALIDATION, field)


def test_a_payment_of_nothing_in_particular_is_an_advance() -> None:
    loose = replace(PAID, receivable_id=None)
    with pytest.raises(CrmError) as refused:
        domain.entered(loose, None, TODAY)
    assert refused.value.rule == "a_receipt_pays_something_or_is_an_advance"
    kept = domain.confirmed(replace(loose, is_advance=True), 1, None, FINANCE, NOW)
    assert (kept.state, kept.allocated) == (CONFIRMED, D(0))


def test_fin_03_a_voucher_announces_a_receipt_and_what_is_too_much_is_an_advance() -> None:
    voucher = PaidVoucher(
        document_id=UUID(int=5), sha256="a" * 64, amount=D("5000.00"), currency="CNY", paid_on=TODAY
    )  # fmt: skip
    made = domain.of_voucher(UUID(int=8), voucher, OWED, SELLER, left=OWED.amount)
    assert (made.state, made.receivable_id, made.amount, made.is_advance) == (PENDING, OWED.id, D(5000), False)
    assert (made.voucher_id, made.voucher_sha256, made.created_by) == (UUID(int=5), "a" * 64, SELLER)
    assert domain.of_voucher(UUID(int=8), voucher, OWED, SELLER, left=D(3000)).is_advance
    other = domain.of_voucher(UUID(int=8), replace(voucher, currency="USD"), OWED, SELLER, left=OWED.amount)
    assert (other.receivable_id, other.is_advance) == (None, True)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(19, None), (20, -1), (22, -1), (23, 0), (29, 0), (30, 1)],
)
def test_fin_06_a_stage_begins_three_days_ahead_on_the_day_and_each_week_after_it(
    day: int, expected: int | None
) -> None:
    assert stage(date(2026, 11, 23), date(2026, 11, day), 3) == expected
