"""Contracts, their products, the archive, and their execution (CON-01, 04 … 06)."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Amount, Document, Id, Ids, Moment, Sorted, history, identifier, needed
from finance.tables.metadata import metadata

Percent = sa.Numeric(5, 2)

contract = sa.Table(
    "contract",
    metadata,
    identifier(),
    needed("number", Sorted),
    needed("name", Sorted),
    needed("name_key", Sorted),
    needed("state", Sorted),
    sa.Column("state_reason", Sorted),
    needed("customer_id", Id),
    needed("owner_id", Id),
    sa.Column("our_party", Sorted),
    sa.Column("counterparty", Sorted),
    needed("amount", Amount),
    needed("currency", Sorted),
    sa.Column("starts_on", sa.Date),
    sa.Column("ends_on", sa.Date),
    sa.Column("payment_terms", Sorted),
    sa.Column("remark", Sorted),
    sa.Column("body", Sorted),
    needed("is_registered", sa.Boolean),
    sa.Column("signed_on", sa.Date),
    needed("signed_files", Ids),
    needed("kept_files", Ids),
    sa.Column("archive_number", Sorted),
    sa.Column("audit", Sorted),
    sa.Column("audit_reason", Sorted),
    sa.Column("audited_by", Id),
    sa.Column("audited_at", Moment),
    sa.Column("approval_id", Id),
    needed("revision", sa.Integer),
    needed("changed_amount", Amount),
    needed("measured_amount", Amount),
    needed("paid_amount", Amount),
    sa.Column("planned_percent", Percent),
    needed("is_deviating", sa.Boolean),
    sa.Column("settled_amount", Amount),
    sa.Column("settled_at", Moment),
    sa.Column("score", sa.Integer),
    sa.Column("evaluation", Sorted),
    needed("submissions", sa.Integer),
    sa.Column("submitted_by", Id),
    needed("custom", Document),
    sa.Column("deleted_at", Moment),
    sa.Column("created_by", Id),
    *history(),
)

contract_line = sa.Table(
    "contract_line",
    metadata,
    needed("contract_id", Id),
    needed("place", sa.Integer),
    sa.Column("product_id", Id),
    needed("name", Sorted),
    needed("quantity", sa.Numeric(18, 4)),
    sa.Column("unit", Sorted),
    needed("price", Amount),
    needed("amount", Amount),
)

contract_archive = sa.Table(
    "contract_archive",
    metadata,
    identifier(),
    needed("number", Sorted),
    needed("contract_id", Id),
    needed("contract_number", Sorted),
    needed("name", Sorted),
    needed("customer_id", Id),
    needed("amount", Amount),
    needed("currency", Sorted),
    needed("signed_on", sa.Date),
    needed("signed_files", Ids),
    needed("archived_at", Moment),
    sa.Column("archived_by", Id),
)

contract_change = sa.Table(
    "contract_change",
    metadata,
    identifier(),
    needed("contract_id", Id),
    needed("place", sa.Integer),
    needed("kind", Sorted),
    needed("title", Sorted),
    needed("reason", Sorted),
    needed("amount", Amount),
    sa.Column("ends_on", sa.Date),
    sa.Column("payment_terms", Sorted),
    needed("state", Sorted),
    sa.Column("state_reason", Sorted),
    sa.Column("approval_id", Id),
    sa.Column("created_by", Id),
    needed("created_at", Moment),
    sa.Column("decided_at", Moment),
)

contract_version = sa.Table(
    "contract_version",
    metadata,
    needed("contract_id", Id),
    needed("revision", sa.Integer),
    needed("amount", Amount),
    sa.Column("ends_on", sa.Date),
    sa.Column("payment_terms", Sorted),
    sa.Column("change_id", Id),
    needed("since", Moment),
)

contract_entry = sa.Table(
    "contract_entry",
    metadata,
    identifier(),
    needed("contract_id", Id),
    needed("kind", Sorted),
    needed("day", sa.Date),
    needed("amount", Amount),
    sa.Column("remark", Sorted),
    sa.Column("created_by", Id),
    needed("created_at", Moment),
)

contract_milestone = sa.Table(
    "contract_milestone",
    metadata,
    needed("contract_id", Id),
    needed("day", sa.Date),
    needed("percent", Percent),
)
