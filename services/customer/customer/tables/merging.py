"""Merges of customers, and which rows they moved."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Document, Id, Moment, Sorted, identifier, needed
from customer.tables.metadata import metadata

customer_merge = sa.Table(
    "customer_merge",
    metadata,
    identifier(),
    needed("survivor_id", Id),
    needed("merged_id", Id),
    needed("merged_at", Moment),
    sa.Column("merged_by", Id),
    needed("taken", Document),
    needed("given", Document),
    needed("custom", Document),
    sa.Column("contact_id", Id),
    needed("moved", sa.Integer),
    sa.Column("undone_at", Moment),
    sa.Column("undone_by", Id),
)

merge_move = sa.Table(
    "merge_move",
    metadata,
    needed("merge_id", Id),
    needed("relation", Sorted),
    needed("record_id", Id),
    sa.Column("removed", Document),
)
