"""What customers bought; `purchased_product` is a view of the database."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Amount, Id, Moment, Sorted, identifier, needed
from customer.tables.metadata import metadata

purchase = sa.Table(
    "purchase",
    metadata,
    identifier(),
    needed("customer_id", Id),
    sa.Column("order_id", Id),
    sa.Column("system", Sorted),
    sa.Column("external_id", Sorted),
    needed("line", sa.Integer),
    sa.Column("product_id", Id),
    needed("product_name", Sorted),
    needed("quantity", sa.Numeric(18, 4)),
    needed("unit", Sorted),
    needed("amount", Amount),
    needed("currency", Sorted),
    needed("bought_at", Moment),
)
purchased_product = sa.Table(
    "purchased_product",
    metadata,
    identifier(),
    needed("customer_id", Id),
    sa.Column("product_id", Id),
    needed("product_name", Sorted),
    needed("currency", Sorted),
    needed("times", sa.Integer),
    needed("quantity", sa.Numeric(18, 4)),
    needed("amount", Amount),
    needed("first_at", Moment),
    needed("last_at", Moment),
)
