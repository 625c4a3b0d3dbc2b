"""Targets."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Amount, Id, Sorted, history, identifier, needed
from sales.tables.metadata import metadata

target = sa.Table(
    "target",
    metadata,
    identifier(),
    sa.Column("parent_id", Id),
    needed("period", Sorted),
    needed("begins_on", sa.Date),
    needed("ends_on", sa.Date),
    sa.Column("department_id", Id),
    sa.Column("employee_id", Id),
    sa.Column("product_id", Id),
    needed("amount", Amount),
    needed("currency", Sorted),
    *history(),
)
