"""Quotes, their versions and lines."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Amount, Id, Moment, Sorted, history, identifier, needed
from sales.tables.metadata import metadata

quote = sa.Table(
    "quote",
    metadata,
    identifier(),
    needed("number", Sorted),
    needed("customer_id", Id),
    sa.Column("opportunity_id", Id),
    needed("owner_id", Id),
    needed("state", Sorted),
    needed("revision", sa.Integer),
    needed("amount", Amount),
    needed("currency", Sorted),
    needed("approval", Sorted),
    sa.Column("approval_id", Id),
    sa.Column("valid_until", sa.Date),
    sa.Column("terms", Sorted),
    sa.Column("sent_at", Moment),
    sa.Column("answered_at", Moment),
    sa.Column("reason", Sorted),
    *history(),
)

quote_revision = sa.Table(
    "quote_revision",
    metadata,
    identifier(),
    needed("quote_id", Id),
    needed("revision", sa.Integer),
    needed("amount", Amount),
    sa.Column("valid_until", sa.Date),
    sa.Column("sent_at", Moment),
    sa.Column("file", Sorted),  # where the PDF lies that was sent
)

quote_line = sa.Table(
    "quote_line",
    metadata,
    identifier(),
    needed("quote_id", Id),
    needed("revision", sa.Integer),
    needed("place", sa.Integer),
    needed("product_id", Id),
    needed("code", Sorted),
    needed("name", Sorted),
    needed("unit", Sorted),
    needed("quantity", sa.Numeric(18, 4)),
    needed("price", Amount),
    needed("price_rule", Sorted),
    sa.Column("price_list_name", Sorted),
    needed("discount", sa.Numeric(5, 4)),
    needed("amount", Amount),
    needed("below_floor", sa.Boolean),
)
