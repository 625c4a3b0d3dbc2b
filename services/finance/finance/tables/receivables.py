"""What customers owe and pay: receivables, receipts, plans, reminders, credit lines, closed months."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Moment, Sorted, history, identifier, needed
from finance.tables.metadata import metadata

Money = sa.Numeric(18, 2)

receivable = sa.Table(
    "receivable",
    metadata,
    identifier(),
    needed("title", Sorted),
    needed("source", Sorted),
    sa.Column("order_id", Id),
    sa.Column("contract_id", Id),
    needed("customer_id", Id),
    needed("owner_id", Id),
    needed("state", Sorted),
    needed("amount", Money),
    needed("received", Money),
    needed("refunded", Money),
    needed("currency", Sorted),
    needed("arose_on", sa.Date),
    needed("due_on", sa.Date),
    sa.Column("settled_at", Moment),
    sa.Column("write_off_asked_by", Id),
    sa.Column("write_off_reason", Sorted),
    sa.Column("closed_reason", Sorted),
    sa.Column("remark", Sorted),
    sa.Column("created_by", Id),
    *history(),
)
receipt = sa.Table(
    "receipt",
    metadata,
    identifier(),
    sa.Column("receivable_id", Id),
    sa.Column("order_id", Id),
    sa.Column("contract_id", Id),
    needed("customer_id", Id),
    needed("owner_id", Id),
    needed("state", Sorted),
    needed("amount", Money),
    needed("allocated", Money),
    needed("currency", Sorted),
    needed("received_on", sa.Date),
    needed("method", Sorted),
    needed("is_advance", sa.Boolean),
    sa.Column("payer", Sorted),
    sa.Column("remark", Sorted),
    sa.Column("voucher_id", Id),
    sa.Column("voucher_sha256", Sorted),
    needed("created_by", Id),
    sa.Column("decided_by", Id),
    sa.Column("decided_at", Moment),
    sa.Column("reason", Sorted),
    *history(),
)
receipt_plan = sa.Table(
    "receipt_plan",
    metadata,
    identifier(),
    needed("receivable_id", Id),
    needed("number", sa.Integer),
    needed("due_on", sa.Date),
    needed("amount", Money),
    needed("planned_before", Money),
    sa.Column("remark", Sorted),
    needed("created_at", Moment),
)
closed_period = sa.Table(
    "closed_period",
    metadata,
    identifier(),
    needed("month", Sorted),
    needed("closed_by", Id),
    needed("closed_at", Moment),
)
