"""What receivables and receipts bring about: invoices and refunds."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Sorted, history, identifier, needed
from finance.tables.metadata import metadata
from finance.tables.spending import Money

invoice = sa.Table(
    "invoice",
    metadata,
    identifier(),
    needed("receivable_id", Id),
    sa.Column("order_id", Id),
    sa.Column("contract_id", Id),
    needed("customer_id", Id),
    needed("owner_id", Id),
    needed("kind", Sorted),
    needed("title", Sorted),
    sa.Column("tax_number", Sorted),
    needed("amount", Money),
    needed("currency", Sorted),
    needed("state", Sorted),
    sa.Column("number", Sorted),
    sa.Column("issued_on", sa.Date),
    needed("remark", Sorted),
    sa.Column("void_reason", Sorted),
    needed("requested_by", Id),
    sa.Column("issued_by", Id),
    *history(),
)
refund = sa.Table(
    "refund",
    metadata,
    identifier(),
    needed("receipt_id", Id),
    sa.Column("receivable_id", Id),
    sa.Column("order_id", Id),
    needed("customer_id", Id),
    needed("owner_id", Id),
    needed("amount", Money),
    needed("currency", Sorted),
    needed("reason", Sorted),
    needed("state", Sorted),
    needed("requested_by", Id),
    sa.Column("approval_id", Id),
    sa.Column("paid_by", Id),
    sa.Column("paid_on", sa.Date),
    sa.Column("method", Sorted),
    sa.Column("reference", Sorted),
    *history(),
)
