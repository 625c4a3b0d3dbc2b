"""Products as they are shown."""

from __future__ import annotations

from crm_common.protocol.sales.products import ProductView
from crm_common.reading import bind, same_row
from sales.tables.products import product

PRODUCTS = bind(
    ProductView,
    product,
    sort={"name": product.c.name_key},
    children={"custom": same_row()},
    default_order=[product.c.code],
)
