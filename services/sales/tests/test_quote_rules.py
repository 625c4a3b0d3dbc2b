"""Quotes (SAL-14, 15): the rules alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_common.errors import Code, CrmError
from crm_common.protocol.sales.prices import PriceRule
from crm_common.protocol.sales.products import CreateProduct
from crm_common.protocol.sales.quotes import QuoteApproval, QuotedProduct, QuoteState
from sales.domain import pricing, product
from sales.domain import quote as domain
from sales.domain.pricing import Buyer
from sales.domain.quote import Quote

NOW, TODAY = datetime(2026, 11, 23, 4, tzinfo=UTC), date(2026, 11, 23)
FLOORED, _ = product.floored(
    product.entered(UUID(int=1), CreateProduct(code="L", name="机床", unit="台", list_price=Decimal(100)), {}),
    1,
    Decimal(90),
)


def draft(*lines: QuotedProduct) -> Quote:
    """A draft with these lines."""
    quote = Quote(
        id=UUID(int=9), number="QT-1", customer_id=UUID(int=2), opportunity_id=None, owner_id=UUID(int=3),
        currency="CNY", valid_until=None, terms=None, lines=(),
    )  # fmt: skip
    explained = [pricing.explained(FLOORED, (), Buyer(), each.quantity) for each in lines]
    return domain.with_lines(quote, domain.lines_of(lines, {FLOORED.id: FLOORED}, explained), "CNY")


def line(quantity: str = "1", **more: Any) -> QuotedProduct:
    """Some of the machine."""
    return QuotedProduct(product_id=FLOORED.id, quantity=Decimal(quantity), **more)


def refused(call: Any, *args: Any, **more: Any) -> tuple[Code, str]:
    """Code and rule of what must be refused."""
    with pytest.raises(CrmError) as refusal:
        call(*args, **more)
    return refusal.value.code, refusal.value.rule


QUANTITIES = st.decimals(min_value="0.0001", max_value="99999", places=4)
PRICES = st.decimals(min_value=0, max_value="9999999", places=2)
SHARES = st.decimals(min_value=0, max_value=1, places=4)


@given(st.lists(st.tuples(QUANTITIES, PRICES, SHARES), min_size=1, max_size=20))
def test_the_total_is_the_sum_of_quantity_times_price_less_discount_to_the_cent(
    parts: list[tuple[Decimal, Decimal, Decimal]],
) -> None:
    quote = draft(*(line(str(quantity), price=price, discount=share) for quantity, price, share in parts))

    exact = [Fraction(quantity) * Fraction(price) * (1 - Fraction(share)) for quantity, price, share in parts]
    cents = [int(each * 100 + Fraction(1, 2)) for each in exact]  # halves go up: nothing is negative
    assert [each.amount for each in quote.lines] == [Decimal(each) / 100 for each in cents]
    assert quote.amount == Decimal(sum(cents)) / 100
    assert quote.amount.as_tuple().exponent == -2


def test_a_line_keeps_its_price_and_the_rule_that_gave_it() -> None:
    first, second = draft(line("2"), line("3", price=Decimal("95.50"), discount=Decimal("0.1"))).lines
    assert (first.price, first.price_rule, first.amount) == (Decimal(100), PriceRule.LIST_PRICE, Decimal("200.00"))
    assert (second.price_rule, second.amount) == (PriceRule.AGREED, Decimal("257.85"))


@pytest.mark.parametrize(
    ("more", "approval"),
    [
        ({}, QuoteApproval.NOT_NEEDED),
        ({"discount": Decimal("0.1")}, QuoteApproval.NOT_NEEDED),
        ({"discount": Decimal("0.1001")}, QuoteApproval.NEEDED),
        ({"price": Decimal("89.99")}, QuoteApproval.NEEDED),
    ],
)
def test_below_the_floor_a_quote_takes_an_approval(more: dict[str, Any], approval: QuoteApproval) -> None:
    assert draft(line(), line(**more)).approval is approval


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"quantity": "0"}, "lines.0.quantity"),
        ({"quantity": "0.00001"}, "lines.0.quantity"),
        ({"price": Decimal(-1)}, "lines.0.price"),
        ({"discount": Decimal("1.01")}, "lines.0.discount"),
        ({"discount": Decimal("NaN")}, "lines.0.discount"),
    ],
)
def test_what_is_no_line_is_refused_by_its_place(more: dict[str, Any], field: str) -> None:
    with pytest.raises(CrmError) as refusal:
        draft(line(**more))
    assert (refusal.value.code, refusal.value.field) == (Code.VALIDATION, field)


def test_prices_below_the_floor_are_sent_only_once_they_are_approved() -> None:
    cheap = draft(line(price=Decimal(50)))
    blocked = (Code.BAD_STATE, "a_price_below_the_floor_takes_an_approval")
    assert refused(domain.expect_sendable, cheap, 1) == blocked
    asked = domain.approval_requested(cheap, 1)
    assert asked.approval is QuoteApproval.PENDING
    assert refused(domain.expect_sendable, asked, 2) == (Code.BAD_STATE, "a_quote_waits_for_its_approval")
    assert domain.approval_requested(asked, 2) is asked
    assert refused(domain.expect_sendable, replace(cheap, approval=QuoteApproval.REJECTED), 1) == blocked
    domain.expect_sendable(replace(asked, approval=QuoteApproval.APPROVED), 2)
    assert refused(domain.approval_requested, draft(line()), 1) == (Code.BAD_STATE, "these_prices_take_no_approval")


def test_other_lines_take_another_approval() -> None:
    approved = replace(draft(line(price=Decimal(50))), approval=QuoteApproval.APPROVED)
    cheaper = draft(line(price=Decimal(40)))
    assert domain.with_lines(approved, cheaper.lines, "CNY").approval is QuoteApproval.NEEDED


def test_a_quote_is_good_for_thirty_days_or_as_it_says() -> None:
    assert domain.last_day(draft(line()), TODAY, 30) == date(2026, 12, 23)
    assert domain.last_day(replace(draft(line()), valid_until=TODAY), TODAY, 30) == TODAY
    passed = replace(draft(line()), valid_until=date(2026, 11, 22))
    assert refused(domain.last_day, passed, TODAY, 30) == (Code.VALIDATION, "a_quote_is_good_for_a_day_to_come")


def test_the_ways_of_a_quote() -> None:
    sent = domain.sent(draft(line()), 1, now=NOW, valid_until=TODAY)
    assert (sent.state, sent.version, sent.sent_at) == (QuoteState.SENT, 2, NOW)
    assert refused(domain.sent, sent, 2, now=NOW, valid_until=TODAY)[1] == "a_quote_that_was_sent_stays_as_it_is"

    accepted = domain.accepted(sent, now=NOW, today=TODAY)
    assert accepted.state is QuoteState.ACCEPTED
    assert refused(domain.revised, accepted, 3)[1] == "an_accepted_quote_is_not_revised"
    rejected = domain.rejected(sent, now=NOW, reason=" 太贵 ")
    assert (rejected.state, rejected.reason) == (QuoteState.REJECTED, "太贵")
    assert refused(domain.accepted, rejected, now=NOW, today=TODAY)[1] == "only_a_quote_that_was_sent_is_answered"

    again = domain.revised(rejected, 3)
    assert (again.state, again.revision, again.lines, again.sent_at, again.reason) == (
        QuoteState.DRAFT, 2, sent.lines, None, None,
    )  # fmt: skip
    assert refused(domain.revised, again, 4)[1] == "a_draft_has_no_other_version_yet"


def test_an_expired_quote_cannot_become_an_order_whether_or_not_the_job_has_run() -> None:
    sent = domain.sent(draft(line()), 1, now=NOW, valid_until=TODAY)
    gone = (Code.BAD_STATE, "an_expired_quote_cannot_become_an_order")
    domain.expect_unexpired(sent, TODAY)
    assert refused(domain.expect_unexpired, sent, date(2026, 11, 24)) == gone
    assert refused(domain.accepted, sent, now=NOW, today=date(2026, 11, 24)) == gone
    assert refused(domain.expect_unexpired, domain.expired(sent), TODAY) == gone
    assert refused(domain.rejected, domain.expired(sent), now=NOW, reason="x") == gone
