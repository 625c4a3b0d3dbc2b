"""Competitors, and orders that went to them."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Amount, Id, Moment, Sorted, history, identifier, needed
from sales.tables.metadata import metadata

competitor = sa.Table(
    "competitor",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("name_fold", Sorted),
    needed("name_key", Sorted),
    sa.Column("website", Sorted),
    sa.Column("strengths", Sorted),
    sa.Column("weaknesses", Sorted),
    sa.Column("remark", Sorted),
    *history(),
)

lost_order = sa.Table(
    "lost_order",
    metadata,
    identifier(),
    needed("competitor_id", Id),
    needed("product", Sorted),
    needed("price", Amount),
    needed("currency", Sorted),
    needed("reason", Sorted),
    needed("lost_on", sa.Date),
    sa.Column("noted_by", Id),
    needed("created_at", Moment),
)
