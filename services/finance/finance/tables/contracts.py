"""Contracts, their products, and the archive (CON-01, 04)."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Amount, Document, Id, Ids, Moment, Sorted, history, identifier, needed
from finance.tables.metadata import metadata

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
    sa.Column("archive_number", Sorted),
    sa.Column("audit", Sorted),
    sa.Column("audit_reason", Sorted),
    sa.Column("audited_by", Id),
    sa.Column("audited_at", Moment),
    sa.Column("approval_id", Id),
    needed("submissions", sa.Integer),
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
