"""Orders: the rules alone. Every way that features §3.4 knows is taken, every other one is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.errors import Code, CrmError
from crm_common.protocol.sales.orders import OrderState as S
from crm_common.protocol.sales.orders_commands import OrderedItem, PaymentVoucher
from crm_common.protocol.sales.products import ProductKind
from ordering import NOW, OWNER, order, voucher
from sales.domain import order as domain
from sales.domain.order import Order
from sales.domain.order_parts import Picture, paid, priced
from sales.domain.product import Product

Act = Callable[[Order], Order]
ACTS: dict[str, tuple[Act, dict[S, S]]] = {
    "submit": (
        lambda each: domain.submitted(each, submission_id=uuid4(), by=OWNER, now=NOW),
        {S.DRAFT: S.PENDING_REVIEW, S.REJECTED: S.PENDING_REVIEW},
    ),
    "withdraw": (lambda each: domain.withdrawn(each, by=OWNER), {S.PENDING_REVIEW: S.DRAFT}),
    "cancel": (domain.cancelled, {S.DRAFT: S.CANCELLED, S.REJECTED: S.CANCELLED}),
    "deliver": (lambda each: domain.delivered(each, on=date(2026, 11, 24), note=None), {S.APPROVED: S.FULFILLED}),
    "void": (domain.voided, {S.APPROVED: S.VOIDED}),
    "ask to void": (lambda each: domain.to_be_voided(each, reason="重复下单"), {S.APPROVED: S.APPROVED}),
}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("act", ACTS)
def test_the_ways_of_an_order_are_these_and_no_others(state: S, act: str) -> None:
    do, ways = ACTS[act]
    before = order(state)
    if state in ways:
        assert do(before).state is ways[state]
        assert do(before).version == before.version + 1
        return
    with pytest.raises(CrmError) as refused:
        do(before)
    assert refused.value.code is Code.BAD_STATE


@pytest.mark.parametrize(
    ("state", "settled", "then"),
    [(S.APPROVED, S.APPROVED, S.COMPLETED), (S.FULFILLED, S.COMPLETED, None)],
)
def test_an_order_is_complete_when_it_is_delivered_and_paid_in_either_order(
    state: S, settled: S, then: S | None
) -> None:
    after = domain.settled(order(state))
    assert (after.state, after.settled) == (settled, True)
    if then is not None:
        delivered = domain.delivered(after, on=date(2026, 11, 24), note=None)
        assert domain.completed(delivered).state is then


@pytest.mark.parametrize("state", [each for each in S if each not in (S.APPROVED, S.FULFILLED)])
def test_money_completes_no_order_that_is_not_approved(state: S) -> None:
    before = order(state)
    assert domain.settled(before) is before


@pytest.mark.parametrize("state", [each for each in S if each is not S.APPROVED])
def test_finance_undoes_an_approval_and_nothing_else(state: S) -> None:
    before = order(state)
    assert domain.undone(before, reason="closed") is before
    after = domain.undone(order(S.APPROVED), reason="closed")
    assert (after.state, after.reviewed_by, after.reason) == (S.PENDING_REVIEW, None, "closed")


def test_money_that_goes_back_makes_a_completed_order_wait_again() -> None:
    after = domain.unsettled(order(S.COMPLETED, settled=True))
    assert (after.state, after.settled) == (S.FULFILLED, False)


def test_sal_17_whatever_lacks_is_named_at_once() -> None:
    with pytest.raises(CrmError) as refused:
        domain.expect_complete(lines=False, contract=False, vouchers=False)
    found = [refused.value, *refused.value.also]
    assert [(each.code.value, each.field) for each in found] == [
        ("VALIDATION", "lines"),
        ("VALIDATION", "contract"),
        ("VALIDATION", "vouchers"),
    ]
    with pytest.raises(CrmError) as one:
        domain.submitted(order(vouchers=()), submission_id=uuid4(), by=OWNER, now=NOW)
    assert (one.value.field, one.value.also) == ("vouchers", ())


def test_only_who_submitted_withdraws() -> None:
    with pytest.raises(CrmError) as refused:
        domain.withdrawn(order(S.PENDING_REVIEW), by=UUID(int=9))
    assert refused.value.code is Code.FORBIDDEN


def product(**more: Any) -> Product:
    about: dict[str, Any] = dict.fromkeys(("category", "cost", "term_months", "risk", "description"))
    about |= {"id": uuid4(), "code": "P1", "name": "稳健一号", "kind": ProductKind.GOODS, "unit": "份"}
    about |= {"list_price": Decimal("99.99"), "currency": "CNY", "on_sale": True, "picture_ids": (), "custom": {}}
    return Product(**about | {"version": 1} | more)


def bought(each: Product, **given: Any) -> Any:
    line = OrderedItem(product_id=each.id, **{"quantity": Decimal(1)} | given)
    return priced([line], {each.id: each}, "CNY", uuid4)


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "amount"),
    [
        ("3", None, "0", "299.97"),
        ("1", "0.005", None, None),
        ("3", "33.33", "0.1", "89.99"),  # 89.991
        ("0.5", "0.01", "0", "0.01"),  # half a cent, away from zero
        ("1", "100.00", "1", "0.00"),
        ("0", "1.00", "0", None),
        ("-1", "1.00", "0", None),
        ("1", "1.00", "1.01", None),
        ("1", "1.00", "NaN", None),
        ("1E+20", "1.00", "0", None),
    ],
)
def test_a_line_comes_to_its_amount_to_the_cent(
    quantity: str, price: str | None, discount: str | None, amount: str | None
) -> None:
    given = {"quantity": Decimal(quantity), "price": None if price is None else Decimal(price)}
    given |= {} if discount is None else {"discount": Decimal(discount)}
    if amount is not None:
        assert [str(each.amount) for each in bought(product(), **given)] == [amount]
        return
    with pytest.raises(CrmError) as refused:
        bought(product(), **given)
    assert (refused.value.code, refused.value.field) == (Code.VALIDATION, "lines.0")


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"on_sale": False}, "a_product_is_not_on_sale"),
        ({"currency": "USD"}, "an_order_has_one_currency"),
    ],
)
def test_sal_01_a_line_is_of_a_product_on_sale_in_the_order_s_currency(given: dict[str, Any], rule: str) -> None:
    with pytest.raises(CrmError) as refused:
        bought(product(**given))
    assert (refused.value.code, refused.value.rule) == (Code.VALIDATION, rule)


@pytest.mark.parametrize(
    ("kind", "amount", "day", "rule"),
    [
        ("image/jpeg", "50000.00", "2026-11-23", None),
        ("image/png", "0.01", "2026-11-20", None),
        ("application/pdf", "1", "2026-11-20", None),
        ("text/plain", "1", "2026-11-20", "a_voucher_is_a_picture_or_pdf"),
        ("image/gif", "1", "2026-11-20", "a_voucher_is_a_picture_or_pdf"),
        ("image/png", "0", "2026-11-20", "a_voucher_is_of_an_amount"),
        ("image/png", "0.001", "2026-11-20", "a_voucher_is_of_an_amount"),
        ("image/png", "1", "2026-11-24", "a_voucher_is_of_an_amount"),
        (None, "1", "2026-11-20", "a_voucher_was_not_found"),
    ],
)
def test_doc_09_a_voucher_is_a_picture_of_a_payment(kind: str | None, amount: str, day: str, rule: str | None) -> None:
    given = PaymentVoucher(document_id=UUID(int=7), amount=Decimal(amount), paid_on=date.fromisoformat(day))
    pictures = {} if kind is None else {UUID(int=7): Picture(UUID(int=7), kind, "ab" * 32)}
    if rule is None:
        [made] = paid([given], pictures, currency="CNY", today=date(2026, 11, 23), new_id=uuid4)
        assert (made.sha256, str(made.amount)) == ("ab" * 32, amount)
        return
    with pytest.raises(CrmError) as refused:
        paid([given], pictures, currency="CNY", today=date(2026, 11, 23), new_id=uuid4)
    assert refused.value.rule == rule


def test_an_event_tells_lines_and_vouchers_whole_when_they_change() -> None:
    before = order(vouchers=())
    after = domain.changed(before, vouchers=(voucher(),))
    changes = domain.changes(before, after)
    assert list(changes) == ["vouchers"]
    assert changes["vouchers"][0] == []
    assert changes["vouchers"][1][0]["amount"] == "50000.00"
    assert {"number", "customer_id", "lines", "amount"} <= set(domain.changes(None, after))
