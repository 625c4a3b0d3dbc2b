"""Journals of salespeople."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Sorted, history, identifier, needed
from sales.tables.metadata import metadata

sales_log = sa.Table(
    "sales_log",
    metadata,
    identifier(),
    needed("author_id", Id),
    needed("day", sa.Date),
    needed("body", Sorted),
    needed("plan", Sorted),
    *history(),
)
