"""Which rule gives a price (SAL-02): the rules alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from crm_common.protocol.sales.prices import PriceListKind, PriceRule
from crm_common.protocol.sales.products import CreateProduct
from sales.domain import pricing, product
from sales.domain.pricing import Buyer, Offer

LATHE = product.entered(UUID(int=1), CreateProduct(code="L", name="机床", unit="台", list_price=Decimal(100)), {})
BUYER = Buyer(level="A", region="EAST")


def offer(name: str, price: int, **more: Any) -> Offer:
    """A price of a list for everybody, from one piece on."""
    given: dict[str, Any] = {
        "kind": PriceListKind.STANDARD,
        "levels": (),
        "regions": (),
        "min_quantity": Decimal(1),
    } | more
    return Offer(price_list_id=UUID(int=len(name)), name=name, price=Decimal(price), **given)


ALL = offer("all", 95)
LEVEL = offer("level", 92, levels=("A",))
REGION = offer("region", 90, regions=("EAST",))
BOTH = offer("both", 94, levels=("A", "B"), regions=("EAST",))
MANY = offer("many", 80, min_quantity=Decimal(10))
SALE = offer("sale", 85, kind=PriceListKind.PROMOTION)


@pytest.mark.parametrize(
    ("offers", "buyer", "quantity", "expected"),
    [
        ([], BUYER, 1, (100, PriceRule.LIST_PRICE, None)),
        ([ALL], BUYER, 1, (95, PriceRule.PRICE_LIST, "all")),
        ([ALL, REGION, LEVEL, BOTH], BUYER, 1, (94, PriceRule.PRICE_LIST, "both")),
        ([ALL, REGION, LEVEL], BUYER, 1, (92, PriceRule.PRICE_LIST, "level")),
        ([ALL, REGION], BUYER, 1, (90, PriceRule.PRICE_LIST, "region")),
        ([ALL, REGION, LEVEL, BOTH], Buyer(), 1, (95, PriceRule.PRICE_LIST, "all")),
        ([ALL, MANY], BUYER, 9, (95, PriceRule.PRICE_LIST, "all")),
        ([ALL, MANY], BUYER, 10, (80, PriceRule.PRICE_LIST, "many")),
        ([ALL, SALE], BUYER, 1, (85, PriceRule.PROMOTION, "sale")),
        ([MANY, SALE], BUYER, 10, (80, PriceRule.PRICE_LIST, "many")),
        ([SALE], BUYER, 1, (85, PriceRule.PROMOTION, "sale")),
    ],
)
def test_the_most_particular_list_wins_and_a_promotion_only_where_it_is_lower(
    offers: list[Offer], buyer: Buyer, quantity: int, expected: tuple[int, PriceRule, str | None]
) -> None:
    for order in (offers, offers[::-1]):
        found = pricing.explained(LATHE, order, buyer, Decimal(quantity))
        price, rule, name = expected
        assert (found.price, found.rule, found.price_list_name) == (Decimal(price), rule, name)


def test_what_was_passed_over_is_told_too() -> None:
    found = pricing.explained(LATHE, [ALL, BOTH, MANY], BUYER, Decimal(1))
    assert [(each.name, each.chosen) for each in found.candidates] == [("both", True), ("all", False)]


@pytest.mark.parametrize(
    ("floor", "given", "net", "takes"),
    [
        (90, 100, "90", False), (90, 100, "89.99", True), (None, 100, "1", False), (90, 85, "85", False),
        (90, 85, "84.99", True),
    ],
)  # fmt: skip
def test_below_the_floor_it_takes_an_approval_unless_the_company_s_own_prices_say_so(
    floor: int | None, given: int, net: str, takes: bool
) -> None:
    floored, _ = product.floored(LATHE, 1, None if floor is None else Decimal(floor))
    found = pricing.explained(floored, [offer("own", given)], BUYER, Decimal(1))
    assert pricing.takes_approval(Decimal(net), found) is takes
