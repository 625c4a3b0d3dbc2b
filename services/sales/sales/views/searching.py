"""What of sales is found by search (SCH-01): by words, readings and codes."""

from __future__ import annotations

from crm_common.protocol.sales.orders import OrderView
from crm_common.protocol.sales.products import ProductView
from crm_common.protocol.sales.quotes import QuoteView
from crm_common.search import Searchable
from sales.tables.orders import sales_order
from sales.tables.products import product
from sales.tables.quotes import quote

_CUSTOM = "SELECT string_agg(v.text, ' ') FROM custom_value v WHERE v.entity_id = {t}.id"

SEARCHABLES = (
    Searchable(
        view=ProductView,
        table=product,
        aggregate="product",
        names=(product.c.name, product.c.code),
        texts=(product.c.category, product.c.description, _CUSTOM),
    ),
    Searchable(
        view=QuoteView,
        table=quote,
        aggregate="quote",
        names=(quote.c.number,),
        texts=("SELECT string_agg(l.name, ' ') FROM quote_line l WHERE l.quote_id = {t}.id",),
        owner=quote.c.owner_id,
        module="quote",
    ),
    # the customer's name is shown with a hit and not kept by the index: nobody has to be forgotten there
    Searchable(
        view=OrderView,
        table=sales_order,
        aggregate="order",
        names=(sales_order.c.number,),
        texts=("SELECT string_agg(l.name, ' ') FROM order_line l WHERE l.order_id = {t}.id",),
        owner=sales_order.c.owner_id,
        module="order",
    ),
)
