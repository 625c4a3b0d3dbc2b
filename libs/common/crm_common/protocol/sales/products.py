"""Products (SAL-01): the catalogue, what is on sale, terms and risks of investment products."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.custom_fields import CustomOf, custom_fields, custom_values
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.service import VERSION_DOC, EmployeeId, Version, sales
from crm_common.protocol.views import Ref, shown

SEE = needs("product.view", "product.edit")
EDIT = needs("product.edit")

PRODUCT_FIELDS = custom_fields(sales, "Product", see=SEE)
Custom = Annotated[dict[str, Any], CustomOf("Product")]

ProductId = Annotated[UUID, Ref("Product")]
ProductIds = Annotated[tuple[ProductId, ...], Meta(max_length=200)]
PictureIds = Annotated[tuple[UUID, ...], Meta(max_length=20)]
ProductCode = Annotated[str, Meta(min_length=1, max_length=40)]
ProductName = Annotated[str, Meta(min_length=1, max_length=100)]
Word = Annotated[str, Meta(max_length=50)]
Text = Annotated[str, Meta(max_length=5_000)]
Months = Annotated[int, Meta(ge=1, le=1_200)]

_PICTURES = "Its pictures: ids of documents."
_TERM = "Of an investment product: for how many months; null: open-ended."
_RISK = "Of an investment product: how much can be lost."
_COST = "What one unit costs the company, in the same currency."


class ProductKind(StrEnum):
    """What is sold."""

    GOODS = "GOODS"
    """A thing (商品)."""
    SERVICE = "SERVICE"
    """A service (服务)."""
    INVESTMENT = "INVESTMENT"
    """An investment product (投资产品): a fund, a trust, an insurance."""


class ProductRisk(StrEnum):
    """How much can be lost: the five levels that sellers of investment products rate by."""

    R1 = "R1"
    """Low (低风险)."""
    R2 = "R2"
    """Medium to low (中低风险)."""
    R3 = "R3"
    """Medium (中风险)."""
    R4 = "R4"
    """Medium to high (中高风险)."""
    R5 = "R5"
    """High (高风险)."""


class ProductRules(Rules):
    """What is refused of products."""

    a_product_has_a_name_code_and_unit = Rule(
        Code.VALIDATION, en="Give code, name and unit.", zh="请填写产品编码、名称和单位。"
    )
    a_product_code_is_unique = Rule(
        Code.DUPLICATE, en="The product {name} has this code.", zh="产品“{name}”已使用该编码。"
    )
    a_price_is_an_amount = Rule(
        Code.VALIDATION,
        en="An amount is zero or more, with at most two decimals.",
        zh="金额须大于等于零，且最多两位小数。",
    )
    only_an_investment_has_term_and_risk = Rule(
        Code.VALIDATION, en="Only investment products have a term and a risk.", zh="仅投资产品可填写期限和风险等级。"
    )
    an_investment_names_its_risk = Rule(
        Code.VALIDATION, en="Rate the risk of an investment product.", zh="请填写投资产品的风险等级。"
    )
    a_product_is_not_on_sale = Rule(
        Code.VALIDATION, en="The product {name} is off sale.", zh="产品“{name}”已下架，不能销售。"
    )
    a_product_was_not_found = Rule(Code.NOT_FOUND, en="There is no such product.", zh="产品不存在。")


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class ProductView:
    """A product. The catalogue is the company's: whoever sees products sees all of them."""

    id: UUID = shown("The id.", filterable=True)
    code: str = shown("Its unique code.", filterable=True, sortable=True)
    name: str = shown("What it is called.", filterable=True, sortable=True)
    kind: ProductKind = shown("Goods, service or investment.", filterable=True)
    category: str | None = shown("Its category.", filterable=True, sortable=True)
    unit: str = shown("What is counted: 台, 份, 年 …")
    list_price: Decimal = shown("The price of one unit without any price list.", filterable=True, sortable=True)
    currency: str = shown("The currency of its amounts.", filterable=True)
    cost: Decimal | None = shown(f"{_COST} Only for who edits products.", policy=EDIT)
    floor_price: Decimal | None = shown("The lowest price of one unit without approval; null: there is none.")
    on_sale: bool = shown("Whether it can be offered and ordered.", filterable=True)
    term_months: int | None = shown(_TERM, filterable=True, sortable=True)
    risk: ProductRisk | None = shown(_RISK, filterable=True, sortable=True)
    description: str | None = shown("What is said of it.")
    picture_ids: list[UUID] = shown(_PICTURES)
    custom: dict[str, Any] = custom_values()
    created_by: EmployeeId | None = shown("Who entered it.")
    created_at: datetime = shown("When it was entered.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last changed.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


sales.searchable(ProductView, title="name", details=("code", "category"))


@sales.query(SEE, returns=ProductView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Products(ListQuery):
    """The catalogue, by code."""


@sales.query(SEE, returns=ProductView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProductsByIds(GetQuery):
    """Products by id."""


@sales.command(EDIT, returns={"product": ProductView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateProduct(Command):
    """Enter a product into the catalogue (SAL-01)."""

    code: ProductCode = given("Its unique code; case does not matter.")
    name: ProductName = given("What it is called.")
    kind: ProductKind = given("Goods, service or investment.", default=ProductKind.GOODS)
    category: Word | None = given("Its category.", default=None)
    unit: Word = given("What is counted: 台, 份, 年 …")
    list_price: Decimal = given("The price of one unit without any price list.")
    currency: Currency = given("The currency of its amounts.", default=HOME_CURRENCY)
    cost: Decimal | None = given(_COST, default=None)
    on_sale: bool = given("Whether it can be offered and ordered at once.", default=True)
    term_months: Months | None = given(_TERM, default=None)
    risk: ProductRisk | None = given(_RISK, default=None)
    description: Text | None = given("What is said of it.", default=None)
    picture_ids: PictureIds = given(_PICTURES, default=())
    custom: Custom | UnsetType = given("The fields that the company defined itself.", default=UNSET)


@sales.command(EDIT, returns={"product": ProductView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateProduct(Command):
    """Edit a product. What was quoted and ordered before keeps the words and prices of then."""

    id: ProductId = given("The product.")
    version: Version = given(VERSION_DOC)
    code: ProductCode | UnsetType = given("Its unique code.", default=UNSET)
    name: ProductName | UnsetType = given("What it is called.", default=UNSET)
    kind: ProductKind | UnsetType = given("Goods, service or investment.", default=UNSET)
    category: Word | UnsetType | None = given("Its category.", default=UNSET)
    unit: Word | UnsetType = given("What is counted.", default=UNSET)
    list_price: Decimal | UnsetType = given("The price of one unit without any price list.", default=UNSET)
    currency: Currency | UnsetType = given("The currency of its amounts.", default=UNSET)
    cost: Decimal | UnsetType | None = given(_COST, default=UNSET)
    term_months: Months | UnsetType | None = given(_TERM, default=UNSET)
    risk: ProductRisk | UnsetType | None = given(_RISK, default=UNSET)
    description: Text | UnsetType | None = given("What is said of it.", default=UNSET)
    picture_ids: PictureIds | UnsetType = given(_PICTURES, default=UNSET)
    custom: Custom | UnsetType = given("The fields that the company defined itself.", default=UNSET)


@sales.command(EDIT, returns={"product": ProductView})
@dataclass(frozen=True, slots=True, kw_only=True)
class PutProductOnSale(Command):
    """Let a product be offered and ordered again."""

    id: ProductId = given("The product.")
    version: Version = given(VERSION_DOC)


@sales.command(EDIT, returns={"product": ProductView})
@dataclass(frozen=True, slots=True, kw_only=True)
class TakeProductOffSale(Command):
    """Let no new quote or order have this product; those there are stay as they are."""

    id: ProductId = given("The product.")
    version: Version = given(VERSION_DOC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductEvent(Event):
    """What every event of a product tells beside its own, after the change. Costs are in the changes."""

    product_id: UUID
    code: str
    name: str
    on_sale: bool
    changes: Changes


@sales.event("product.created", subject="product_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCreated(ProductEvent):
    """A product was entered."""


@sales.event("product.updated", subject="product_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProductUpdated(ProductEvent):
    """A product was edited."""


@sales.event("product.put_on_sale", subject="product_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPutOnSale(ProductEvent):
    """A product can be offered and ordered again."""


@sales.event("product.taken_off_sale", subject="product_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProductTakenOffSale(ProductEvent):
    """A product cannot be offered or ordered any more."""
