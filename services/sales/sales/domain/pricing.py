"""What a product costs somebody (SAL-02): which price list fits, which wins, what takes an approval. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.editing import chosen, difference, expect_version
from crm_common.money import is_amount
from crm_common.protocol.declare import Changes
from crm_common.protocol.sales.prices import (
    CreatePriceList,
    ExplainedPrice,
    PriceCandidate,
    PricedProduct,
    PriceListKind,
    PriceRule,
    PriceRules,
    UpdatePriceList,
)
from crm_common.protocol.sales.products import ProductRules
from sales.domain.product import Product

_FINEST = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """A price list."""

    id: UUID
    name: str
    kind: PriceListKind
    levels: tuple[str, ...]
    regions: tuple[str, ...]
    starts_on: date | None
    ends_on: date | None
    active: bool
    entries: tuple[PricedProduct, ...]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A price of a list for one product."""

    price_list_id: UUID
    name: str
    kind: PriceListKind
    levels: tuple[str, ...]
    regions: tuple[str, ...]
    min_quantity: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class Buyer:
    """What decides on somebody's prices."""

    level: str | None = None
    region: str | None = None


EDITED = tuple(each.name for each in fields(PriceList) if each.name not in ("id", "version"))


def made(list_id: UUID, command: CreatePriceList) -> PriceList:
    """A new price list."""
    known: dict[str, Any] = {name: getattr(command, name) for name in EDITED}
    return _checked(PriceList(id=list_id, version=1, **known))


def edited(before: PriceList, command: UpdatePriceList) -> PriceList:
    """The list with other data; the same again where nothing is different."""
    expect_version(before.version, command.version)
    known: dict[str, Any] = {name: chosen(getattr(command, name), getattr(before, name)) for name in EDITED}
    after = _checked(replace(before, **known))
    return after if after == before else replace(after, version=before.version + 1)


def told(before: PriceList | None, after: PriceList) -> Changes:
    """What changed, prices whole."""
    changes = difference(before, after, without=("id", "version", "entries"))
    was = None if before is None else before.entries
    if was != after.entries:
        changes["entries"] = (was and [_plain(each) for each in was], [_plain(each) for each in after.entries])
    return changes


def explained(product: Product, offers: Iterable[Offer], buyer: Buyer, quantity: Decimal) -> ExplainedPrice:
    """The price of one unit. ``offers`` hold on the day; those fit that are for the buyer and the quantity.

    The most particular standard list gives the price (level and region, then level, then region; of these the one with
    the higher quantity, then the lower price), without any the list price; a promotion where it is lower than that.
    """
    fitting = sorted((each for each in offers if _fits(each, buyer, quantity)), key=_rank)
    standard = next((each for each in fitting if each.kind is PriceListKind.STANDARD), None)
    usual = product.list_price if standard is None else standard.price
    promotion = min(
        (each for each in fitting if each.kind is PriceListKind.PROMOTION), key=lambda each: each.price, default=None
    )
    won = promotion if promotion is not None and promotion.price < usual else standard
    rule = PriceRule.LIST_PRICE
    if won is not None:
        rule = PriceRule.PRICE_LIST if won is standard else PriceRule.PROMOTION
    return ExplainedPrice(
        product_id=product.id,
        price=product.list_price if won is None else won.price,
        currency=product.currency,
        rule=rule,
        price_list_id=None if won is None else won.price_list_id,
        price_list_name=None if won is None else won.name,
        list_price=product.list_price,
        floor_price=product.floor_price,
        candidates=tuple(_candidate(each, chosen=each is won) for each in fitting),
    )


def takes_approval(net: Decimal, given: ExplainedPrice) -> bool:
    """Whether a net price of one unit is below the floor, and below what the company's own rules give."""
    return given.floor_price is not None and net < min(given.floor_price, given.price)


def is_quantity(value: Decimal) -> bool:
    """Whether something can be sold in this number."""
    return value.is_finite() and 0 < value < Decimal("1e9") and value == value.quantize(_FINEST)


def expect_quantity(value: Decimal, field: str) -> None:
    """Refuse what is no number of things."""
    if not is_quantity(value):
        raise PriceRules.a_quantity_is_above_zero(field=field)


def _fits(offer: Offer, buyer: Buyer, quantity: Decimal) -> bool:
    return (
        quantity >= offer.min_quantity
        and (not offer.levels or buyer.level in offer.levels)
        and (not offer.regions or buyer.region in offer.regions)
    )


def _rank(offer: Offer) -> tuple[Any, ...]:
    return (not offer.levels, not offer.regions, -offer.min_quantity, offer.price, offer.name, offer.price_list_id)


def _candidate(offer: Offer, *, chosen: bool) -> PriceCandidate:
    return PriceCandidate(
        price_list_id=offer.price_list_id,
        name=offer.name,
        kind=offer.kind,
        price=offer.price,
        min_quantity=offer.min_quantity,
        by_level=bool(offer.levels),
        by_region=bool(offer.regions),
        chosen=chosen,
    )


def _plain(entry: PricedProduct) -> dict[str, Any]:
    return {name: str(value) for name, value in asdict(entry).items()}


def _checked(given: PriceList) -> PriceList:
    tidy = replace(
        given,
        name=" ".join(given.name.split()),
        levels=tuple(sorted(set(given.levels))),
        regions=tuple(sorted(set(given.regions))),
        entries=tuple(sorted(given.entries, key=lambda each: (each.product_id, each.min_quantity))),
    )
    if not tidy.name:
        raise PriceRules.a_price_list_has_a_name(field="name")
    if tidy.starts_on and tidy.ends_on and tidy.ends_on < tidy.starts_on:
        raise PriceRules.a_price_list_ends_after_it_begins(field="ends_on")
    for place, entry in enumerate(given.entries):
        expect_quantity(entry.min_quantity, f"entries.{place}.min_quantity")
        if not is_amount(entry.price):
            raise ProductRules.a_price_is_an_amount(field=f"entries.{place}.price")
    if len({(each.product_id, each.min_quantity) for each in tidy.entries}) < len(tidy.entries):
        raise PriceRules.a_price_has_one_place_in_a_list(field="entries")
    return tidy
