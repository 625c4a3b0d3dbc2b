"""Price lists as they are shown."""

from __future__ import annotations

from crm_common.protocol.sales.prices import PriceEntryView, PriceListView
from crm_common.reading import bind, many
from sales.tables.prices import price_entry, price_list

_PRODUCT = "(SELECT p.{what} FROM product p WHERE p.id = {{t}}.product_id)"

PRICE_ENTRIES = bind(
    PriceEntryView,
    price_entry,
    fields={"product_name": _PRODUCT.format(what="name")},
    default_order=[price_entry.c.product_id, price_entry.c.min_quantity],
)
PRICE_LISTS = bind(
    PriceListView,
    price_list,
    sort={"name": price_list.c.name_key},
    children={"entries": many(price_entry.c.price_list_id, part=True)},
    default_order=[price_list.c.name_key],
)
