"""Columns, announcements, and who has read them."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Ids, Moment, Sorted, history, identifier, needed
from office.tables.metadata import metadata

announcement_column = sa.Table(
    "announcement_column",
    metadata,
    identifier(),
    sa.Column("parent_id", Id),
    needed("name", Sorted),
    needed("template", Sorted),
    needed("rank", sa.Integer),
    needed("publisher_ids", Ids),
    needed("publisher_department_ids", Ids),
    needed("manager_ids", Ids),
    *history(),
)
announcement = sa.Table(
    "announcement",
    metadata,
    identifier(),
    needed("column_id", Id),
    needed("title", Sorted),
    needed("body", Sorted),
    needed("state", Sorted),
    needed("author_id", Id),
    needed("department_ids", Ids),
    sa.Column("publish_at", Moment),
    sa.Column("published_at", Moment),
    sa.Column("expires_at", Moment),
    needed("addressees", sa.Integer),
    *history(),
)
announcement_reading = sa.Table(
    "announcement_reading",
    metadata,
    identifier(),
    needed("announcement_id", Id),
    needed("employee_id", Id),
    needed("read_at", Moment),
)
