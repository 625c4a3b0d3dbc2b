"""What of sales is found by search (SCH-01): by words, readings and codes."""

from __future__ import annotations

from crm_common.protocol.sales.products import ProductView
from crm_common.search import Searchable
from sales.tables.products import product

_CUSTOM = "SELECT string_agg(v.text, ' ') FROM custom_value v WHERE v.entity_id = {t}.id"

SEARCHABLES = (
    Searchable(
        view=ProductView,
        table=product,
        aggregate="product",
        names=(product.c.name, product.c.code),
        texts=(product.c.category, product.c.description, _CUSTOM),
    ),
)
