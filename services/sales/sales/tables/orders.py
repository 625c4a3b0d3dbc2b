"""Orders, what was ordered, what was paid, and what they hold of neighbours."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Amount, Id, Moment, Sorted, history, identifier, needed
from sales.tables.metadata import metadata

Quantity = sa.Numeric(18, 4)

sales_order = sa.Table(
    "sales_order",
    metadata,
    identifier(),
    needed("number", Sorted),
    needed("customer_id", Id),
    needed("owner_id", Id),
    needed("state", Sorted),
    needed("amount", Amount),
    needed("currency", Sorted),
    sa.Column("opportunity_id", Id),
    sa.Column("quote_id", Id),
    sa.Column("contract_id", Id),
    sa.Column("due_on", sa.Date),
    sa.Column("remark", Sorted),
    sa.Column("submission_id", Id),
    sa.Column("submitted_by", Id),
    sa.Column("submitted_at", Moment),
    sa.Column("reviewed_by", Id),
    sa.Column("reviewed_at", Moment),
    sa.Column("reason", Sorted),
    sa.Column("delivered_on", sa.Date),
    sa.Column("delivery_note", Sorted),
    needed("settled", sa.Boolean),  # finance has received everything
    needed("voiding", sa.Boolean),  # an approval to void it is under way
    needed("received", Amount),  # what finance confirmed, less what was paid back; shown, never decided by
    *history(),
)

order_line = sa.Table(
    "order_line",
    metadata,
    identifier(),
    needed("order_id", Id),
    needed("place", sa.Integer),
    needed("product_id", Id),
    needed("name", Sorted),
    needed("unit", Sorted),
    needed("quantity", Quantity),
    needed("price", Amount),
    needed("discount", sa.Numeric(5, 4)),
    needed("amount", Amount),
    needed("returned", Quantity),
    sa.Column("starts_on", sa.Date),
    sa.Column("ends_on", sa.Date),
)

order_voucher = sa.Table(
    "order_voucher",
    metadata,
    identifier(),
    needed("order_id", Id),
    needed("place", sa.Integer),
    needed("document_id", Id),
    needed("sha256", Sorted),
    needed("amount", Amount),
    needed("currency", Sorted),
    needed("paid_on", sa.Date),
)
