"""What is spent: claims and their lines, budgets, payables with plans and payments."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Ids, Moment, Sorted, history, identifier, needed
from finance.tables.metadata import metadata

Money = sa.Numeric(18, 2)

expense_claim = sa.Table(
    "expense_claim",
    metadata,
    identifier(),
    needed("title", Sorted),
    needed("claimant_id", Id),
    sa.Column("department_id", Id),
    needed("amount", Money),
    needed("currency", Sorted),
    needed("state", Sorted),
    sa.Column("submitted_at", Moment),
    sa.Column("reviewed_by", Id),
    sa.Column("reviewed_at", Moment),
    sa.Column("review_reason", Sorted),
    sa.Column("paid_by", Id),
    sa.Column("paid_on", sa.Date),
    *history(),
)
expense_line = sa.Table(
    "expense_line",
    metadata,
    identifier(),
    needed("claim_id", Id),
    needed("place", sa.Integer),
    needed("item", Sorted),
    needed("spent_on", sa.Date),
    needed("amount", Money),
    needed("remark", Sorted),
    sa.Column("customer_id", Id),
    sa.Column("campaign_id", Id),
    sa.Column("project", Sorted),
    needed("document_ids", Ids),
)
budget = sa.Table(
    "budget",
    metadata,
    identifier(),
    needed("department_id", Id),
    needed("item", Sorted),
    needed("first_day", sa.Date),
    needed("last_day", sa.Date),
    needed("amount", Money),
    needed("currency", Sorted),
    sa.Column("exceeded_at", Moment),
    *history(),
)
payable = sa.Table(
    "payable",
    metadata,
    identifier(),
    needed("kind", Sorted),
    needed("title", Sorted),
    needed("payee", Sorted),
    needed("amount", Money),
    needed("paid_amount", Money),
    needed("currency", Sorted),
    needed("due_on", sa.Date),
    needed("state", Sorted),
    needed("owner_id", Id),
    sa.Column("department_id", Id),
    sa.Column("claim_id", Id),
    sa.Column("contract_id", Id),
    needed("remark", Sorted),
    sa.Column("void_reason", Sorted),
    sa.Column("reminded_on", sa.Date),
    *history(),
)
payment = sa.Table(
    "payment",
    metadata,
    identifier(),
    needed("payable_id", Id),
    needed("amount", Money),
    needed("currency", Sorted),
    needed("paid_on", sa.Date),
    needed("method", Sorted),
    sa.Column("reference", Sorted),
    needed("document_ids", Ids),
    needed("owner_id", Id),
    needed("registered_by", Id),
    needed("created_at", Moment),
)
payment_plan = sa.Table(
    "payment_plan",
    metadata,
    identifier(),
    needed("payable_id", Id),
    needed("place", sa.Integer),
    needed("due_on", sa.Date),
    needed("amount", Money),
    needed("owner_id", Id),
)
