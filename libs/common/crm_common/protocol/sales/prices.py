"""Prices (SAL-02): price lists by customer level, region, quantity and period; promotions; the floor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.products import ProductId, ProductView
from crm_common.protocol.sales.service import VERSION_DOC, CustomerId, Version, sales
from crm_common.protocol.views import Ref, child, shown

SEE = needs("product.view", "product.edit", "price.edit")
EDIT = needs("price.edit")

PriceListId = Annotated[UUID, Ref("PriceList")]
ListName = Annotated[str, Meta(min_length=1, max_length=100)]
Entry = Annotated[str, Meta(min_length=1, max_length=64)]
Entries = Annotated[tuple[Entry, ...], Meta(max_length=50)]

_LEVELS = "For customers of these levels, codes of the dictionary level; none: of any."
_REGIONS = "For customers of these regions, codes of the dictionary region; none: of any."
_STARTS = "The first day it holds; null: since ever."
_ENDS = "The last day it holds; null: until it is changed."
_ACTIVE = "Whether it gives prices at all."


class PriceListKind(StrEnum):
    """What a price list is for."""

    STANDARD = "STANDARD"
    """The usual prices of some customers: the most particular list that fits gives the price."""
    PROMOTION = "PROMOTION"
    """A promotion: it gives the price where it is the lowest."""


class PriceRule(StrEnum):
    """Which rule gave a price."""

    LIST_PRICE = "LIST_PRICE"
    """No price list fits: the product's own list price."""
    PRICE_LIST = "PRICE_LIST"
    """The most particular price list that fits."""
    PROMOTION = "PROMOTION"
    """A promotion that is lower than what would hold otherwise."""
    AGREED = "AGREED"
    """Somebody said the price himself."""


class PriceRules(Rules):
    """What is refused of prices."""

    a_price_list_has_a_name = Rule(Code.VALIDATION, en="Give the price list a name.", zh="请填写价格表名称。")
    a_price_list_ends_after_it_begins = Rule(
        Code.VALIDATION, en="The last day lies before the first.", zh="结束日期不能早于开始日期。"
    )
    a_price_has_one_place_in_a_list = Rule(
        Code.VALIDATION,
        en="The list has two prices for one product and quantity.",
        zh="价格表中同一产品、同一起订量只能有一个价格。",
    )
    a_quantity_is_above_zero = Rule(
        Code.VALIDATION,
        en="A quantity is above zero, with at most four decimals.",
        zh="数量须大于零，且最多四位小数。",
    )


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class PriceEntryView:
    """A price of a list."""

    id: UUID = shown("The id.")
    product_id: Annotated[UUID, Ref("Product")] = shown("The product.")
    product_name: str = shown("What it is called.")
    min_quantity: Decimal = shown("From which quantity on.")
    price: Decimal = shown("Of one unit, in the product's currency.")


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class PriceListView:
    """A price list: for whom and when its prices hold."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("What it is called.", filterable=True, sortable=True)
    kind: PriceListKind = shown("Standard or promotion.", filterable=True)
    levels: list[str] = shown(_LEVELS)
    regions: list[str] = shown(_REGIONS)
    starts_on: date | None = shown(_STARTS, filterable=True, sortable=True)
    ends_on: date | None = shown(_ENDS, filterable=True, sortable=True)
    active: bool = shown(_ACTIVE, filterable=True)
    created_at: datetime = shown("When it was made.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last changed.")
    version: int = shown("Counts its changes; send it back when editing.")
    entries: list[PriceEntryView] = child("Its prices.", limit=100)


@sales.query(SEE, returns=PriceListView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLists(ListQuery):
    """The price lists, by name."""


@sales.query(SEE, returns=PriceListView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PriceListsByIds(GetQuery):
    """Price lists by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceCandidate:
    """A price that fits, and whether it is the one."""

    price_list_id: PriceListId
    """The list."""
    name: str
    """What it is called."""
    kind: PriceListKind
    """Standard or promotion."""
    price: Decimal
    """Of one unit."""
    min_quantity: Decimal
    """From which quantity on."""
    by_level: bool
    """Whether it is for the customer's level."""
    by_region: bool
    """Whether it is for the customer's region."""
    chosen: bool
    """Whether it gave the price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedPrice:
    """What a product costs somebody, and why."""

    product_id: ProductId
    """The product."""
    price: Decimal
    """Of one unit."""
    currency: str
    """In which currency."""
    rule: PriceRule
    """Which rule gave it."""
    price_list_id: PriceListId | None
    """The list that gave it."""
    price_list_name: str | None
    """What that is called."""
    list_price: Decimal
    """The product's own price."""
    floor_price: Decimal | None
    """Below this, and below the price above, it takes an approval."""
    candidates: tuple[PriceCandidate, ...]
    """Every price of a list that fits, the most particular first."""


@sales.query(SEE, returns=ExplainedPrice)
@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFor:
    """What one unit of a product costs a customer, and which rule says so (SAL-02)."""

    product_id: ProductId = given("The product.")
    customer_id: CustomerId | None = given("The customer; null: one of whom nothing is known.", default=None)
    quantity: Decimal = given("How many.", default=Decimal(1))
    on: date | None = given("On which day; null: today.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedProduct:
    """A price of a list."""

    product_id: ProductId
    """The product."""
    min_quantity: Decimal = Decimal(1)
    """From which quantity on."""
    price: Decimal
    """Of one unit, in the product's currency."""


PriceEntries = Annotated[tuple[PricedProduct, ...], Meta(max_length=1_000)]


@sales.command(EDIT, returns={"price_list": PriceListView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePriceList(Command):
    """Make a price list (SAL-02)."""

    name: ListName = given("What it is called.")
    kind: PriceListKind = given("Standard or promotion.", default=PriceListKind.STANDARD)
    levels: Entries = given(_LEVELS, default=())
    regions: Entries = given(_REGIONS, default=())
    starts_on: date | None = given(_STARTS, default=None)
    ends_on: date | None = given(_ENDS, default=None)
    active: bool = given(_ACTIVE, default=True)
    entries: PriceEntries = given("Its prices.")


@sales.command(EDIT, returns={"price_list": PriceListView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePriceList(Command):
    """Edit a price list. What was quoted before keeps its prices."""

    id: PriceListId = given("The price list.")
    version: Version = given(VERSION_DOC)
    name: ListName | UnsetType = given("What it is called.", default=UNSET)
    kind: PriceListKind | UnsetType = given("Standard or promotion.", default=UNSET)
    levels: Entries | UnsetType = given(_LEVELS, default=UNSET)
    regions: Entries | UnsetType = given(_REGIONS, default=UNSET)
    starts_on: date | UnsetType | None = given(_STARTS, default=UNSET)
    ends_on: date | UnsetType | None = given(_ENDS, default=UNSET)
    active: bool | UnsetType = given(_ACTIVE, default=UNSET)
    entries: PriceEntries | UnsetType = given("All its prices.", default=UNSET)


@sales.command(EDIT, returns={"product": ProductView})
@dataclass(frozen=True, slots=True, kw_only=True)
class SetFloorPrice(Command):
    """Say below which price a product is not sold without an approval."""

    id: ProductId = given("The product.")
    version: Version = given(VERSION_DOC)
    floor_price: Decimal | None = given("The lowest price without approval; null: there is none.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceListEvent(Event):
    """What every event of a price list tells. Its prices stand in the changes, whole."""

    price_list_id: UUID
    name: str
    changes: Changes


@sales.event("price_list.created", subject="price_list_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PriceListCreated(PriceListEvent):
    """A price list was made."""


@sales.event("price_list.updated", subject="price_list_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PriceListUpdated(PriceListEvent):
    """A price list was edited."""
