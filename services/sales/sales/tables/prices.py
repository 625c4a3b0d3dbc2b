"""Price lists and their prices."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Amount, Id, Sorted, Words, history, identifier, needed
from sales.tables.metadata import metadata

price_list = sa.Table(
    "price_list",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("name_key", Sorted),
    needed("kind", Sorted),
    needed("levels", Words),
    needed("regions", Words),
    sa.Column("starts_on", sa.Date),
    sa.Column("ends_on", sa.Date),
    needed("active", sa.Boolean),
    *history(),
)

price_entry = sa.Table(
    "price_entry",
    metadata,
    identifier(),
    needed("price_list_id", Id),
    needed("product_id", Id),
    needed("min_quantity", sa.Numeric(18, 4)),
    needed("price", Amount),
)
