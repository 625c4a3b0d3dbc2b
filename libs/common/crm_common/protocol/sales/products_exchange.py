"""Imports of products (IOX-01): what tables there are, and what undoing one tells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.importing import offer_imports
from crm_common.protocol.sales.products import ProductEvent
from crm_common.protocol.sales.service import sales


class ProductTable(StrEnum):
    """The tables that can be imported."""

    PRODUCT = "PRODUCT"
    """Products of the catalogue, by their code."""


class ExchangeOfProductsRules(Rules):
    """Refusals of rows, and of taking them back."""

    the_product_was_worked_with = Rule(
        Code.CONFLICT,
        en="The product was changed, priced or offered since.",
        zh="该产品在导入后已被修改、定价或报价。",
    )


IMPORTS = offer_imports(
    sales, "Product", kinds=ProductTable, permissions=("product.import",), bulk="customer.import_bulk"
)


@sales.event("product.deleted", subject="product_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDeleted(ProductEvent):
    """An import was undone: the product, which nobody had touched since, is gone. Nothing else deletes one."""
