"""What somebody writes down for himself."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Sorted, history, identifier, needed
from office.tables.metadata import metadata

memo = sa.Table(
    "memo",
    metadata,
    identifier(),
    needed("owner_id", Id),
    needed("title", Sorted),
    needed("title_key", Sorted),
    needed("body", Sorted),
    *history(),
)
