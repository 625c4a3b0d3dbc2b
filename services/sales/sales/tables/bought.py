"""What customers bought, line by line, with the term of services; and receipts that count for somebody."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Amount, Id, Moment, Sorted, identifier, needed
from sales.tables.metadata import metadata

bought_line = sa.Table(
    "bought_line",
    metadata,
    identifier(),
    needed("order_id", Id),
    needed("line", sa.Integer),
    needed("employee_id", Id),
    needed("customer_id", Id),
    needed("product_id", Id),
    needed("product_name", Sorted),
    needed("quantity", sa.Numeric(18, 4)),
    needed("amount", Amount),
    needed("currency", Sorted),
    needed("day", sa.Date),
    sa.Column("starts_on", sa.Date),
    sa.Column("ends_on", sa.Date),
    sa.Column("told_ends_on", sa.Date),  # the end of which its owner was told
)

cross_selling_rule = sa.Table(
    "cross_selling_rule",
    metadata,
    identifier(),
    needed("product_id", Id),
    needed("recommended_id", Id),
    needed("note", Sorted),
    needed("created_at", Moment),
)
