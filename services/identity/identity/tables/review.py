"""Rights reviews and what is decided in them."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Moment, Sorted, Texts, identifier, needed
from identity.tables.metadata import metadata

rights_review = sa.Table(
    "rights_review",
    metadata,
    identifier(),
    needed("state", Sorted),
    needed("opened_at", Moment),
    sa.Column("closed_at", Moment),
    sa.Column("closed_by_id", Id),
    needed("item_count", sa.Integer),
    needed("version", sa.Integer),
)

rights_review_item = sa.Table(
    "rights_review_item",
    metadata,
    identifier(),
    needed("review_id", Id),
    needed("employee_id", Id),
    needed("employee_name", Sorted),
    needed("employee_name_key", Sorted),
    needed("role_id", Id),
    needed("role_name", Sorted),
    needed("role_name_key", Sorted),
    needed("by_position", sa.Boolean),
    needed("permissions", Texts),
    sa.Column("last_used_at", Moment),
    sa.Column("decision", sa.Text),
    sa.Column("decided_by_id", Id),
    sa.Column("decided_at", Moment),
    sa.Column("comment", sa.Text),
)
