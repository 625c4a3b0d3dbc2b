"""Products: what may be said of them, and which may be sold (SAL-01). Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.editing import chosen, difference, expect_version
from crm_common.money import is_amount
from crm_common.protocol.declare import Changes
from crm_common.protocol.sales.products import (
    CreateProduct,
    ProductCreated,
    ProductKind,
    ProductPutOnSale,
    ProductRisk,
    ProductRules,
    ProductTakenOffSale,
    ProductUpdated,
    UpdateProduct,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product of the catalogue."""

    id: UUID
    code: str
    name: str
    kind: ProductKind
    category: str | None
    unit: str
    list_price: Decimal
    currency: str
    cost: Decimal | None
    floor_price: Decimal | None = None
    on_sale: bool
    term_months: int | None
    risk: ProductRisk | None
    description: str | None
    picture_ids: tuple[UUID, ...]
    custom: dict[str, Any]
    version: int


EDITED = tuple(
    each.name for each in fields(Product) if each.name not in ("id", "floor_price", "on_sale", "custom", "version")
)
_UNTOLD = ("id", "custom", "version")


def entered(product_id: UUID, command: CreateProduct, custom: dict[str, Any]) -> Product:
    """A new product, in the form in which it is kept."""
    known: dict[str, Any] = {name: getattr(command, name) for name in EDITED}
    return _checked(Product(id=product_id, on_sale=command.on_sale, custom=custom, version=1, **known))


def created(product: Product, custom: Changes) -> ProductCreated:
    """A product is there."""
    return ProductCreated(**_told(product), changes=difference(None, product, without=_UNTOLD) | custom)


def updated(
    before: Product, command: UpdateProduct, custom: dict[str, Any], told: Changes
) -> tuple[Product, ProductUpdated | None]:
    """The product with other data; ``told`` is what changed of its custom fields. No event when nothing did."""
    expect_version(before.version, command.version)
    known: dict[str, Any] = {name: chosen(getattr(command, name), getattr(before, name)) for name in EDITED}
    after = _checked(replace(before, custom=custom, **known))
    changes = difference(before, after, without=_UNTOLD) | told
    if not changes:
        return before, None
    after = replace(after, version=before.version + 1)
    return after, ProductUpdated(**_told(after), changes=changes)


def switched(
    before: Product, version: int, *, on_sale: bool
) -> tuple[Product, ProductPutOnSale | ProductTakenOffSale | None]:
    """The product on sale or off; no event when it is so already."""
    expect_version(before.version, version)
    if before.on_sale is on_sale:
        return before, None
    after = replace(before, on_sale=on_sale, version=before.version + 1)
    event = ProductPutOnSale if on_sale else ProductTakenOffSale
    return after, event(**_told(after), changes=difference(before, after, without=_UNTOLD))


def floored(before: Product, version: int, floor: Decimal | None) -> tuple[Product, ProductUpdated | None]:
    """The product with another lowest price without approval; no event when it is the same."""
    expect_version(before.version, version)
    if floor is not None and not is_amount(floor):
        raise ProductRules.a_price_is_an_amount(field="floor_price")
    if floor == before.floor_price:
        return before, None
    after = replace(before, floor_price=floor, version=before.version + 1)
    return after, ProductUpdated(**_told(after), changes=difference(before, after, without=_UNTOLD))


def expect_on_sale(product: Product, field: str) -> None:
    """Refuse a product that is off sale on anything new that is sold."""
    if not product.on_sale:
        raise ProductRules.a_product_is_not_on_sale(field=field, name=product.name)


def _told(product: Product) -> dict[str, Any]:
    return {"product_id": product.id, "code": product.code, "name": product.name, "on_sale": product.on_sale}


def _checked(product: Product) -> Product:
    tidy = replace(
        product,
        code="".join(product.code.split()),
        name=" ".join(product.name.split()),
        unit=product.unit.strip(),
        category=" ".join((product.category or "").split()) or None,
        description=(product.description or "").strip() or None,
        picture_ids=tuple(dict.fromkeys(product.picture_ids)),
    )
    for name in ("code", "name", "unit"):
        if not getattr(tidy, name):
            raise ProductRules.a_product_has_a_name_code_and_unit(field=name)
    for name in ("list_price", "cost"):
        value = getattr(tidy, name)
        if value is not None and not is_amount(value):
            raise ProductRules.a_price_is_an_amount(field=name)
    if tidy.kind is ProductKind.INVESTMENT:
        if tidy.risk is None:
            raise ProductRules.an_investment_names_its_risk(field="risk")
        return tidy
    for name in ("term_months", "risk"):
        if getattr(tidy, name) is not None:
            raise ProductRules.only_an_investment_has_term_and_risk(field=name)
    return tidy
