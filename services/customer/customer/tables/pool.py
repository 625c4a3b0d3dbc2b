"""Pools, and the history of holdings as the journal tells it."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Ids, Moment, Sorted, Words, history, identifier, needed
from customer.tables.metadata import metadata

pool = sa.Table(
    "pool",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("name_fold", Sorted),
    needed("is_default", sa.Boolean),
    needed("member_ids", Ids),  # empty: everybody with the right
    needed("admin_ids", Ids),
    needed("source_department_ids", Ids),
    needed("regions", Words),
    needed("rank", sa.Integer),
    needed("archived", sa.Boolean),
    *history(),
)

ownership_change = sa.Table(
    "ownership_change",
    metadata,
    identifier(),
    needed("subject", Sorted),
    needed("position", sa.BigInteger),
    needed("type", Sorted),
    needed("changed_at", Moment),
    sa.Column("from_holding", Sorted),
    sa.Column("to_holding", Sorted),
    sa.Column("from_owner_id", Id),
    sa.Column("to_owner_id", Id),
    sa.Column("reason", Sorted),
    sa.Column("by_id", Id),
    sa.Column("by_name", Sorted),
)
