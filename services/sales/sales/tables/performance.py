"""Records of performance, their sums by day (kept with every record) and, as a view of the database, by month."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crm_common.columns import Amount, Id, Moment, Sorted, history, identifier, needed
from sales.tables.metadata import metadata

performance = sa.Table(
    "performance",
    metadata,
    identifier(),
    needed("employee_id", Id),
    needed("day", sa.Date),
    needed("amount", Amount),
    needed("currency", Sorted),
    needed("source", Sorted),
    needed("title", Sorted),
    sa.Column("order_id", Id),
    sa.Column("customer_id", Id),
    needed("reversed", Amount),
    sa.Column("reversed_at", Moment),
    sa.Column("locked_at", Moment),
    sa.Column("deleted_at", Moment),
    *history(),
)


def _sums() -> list[sa.Column[Any]]:
    return [
        identifier(),
        needed("employee_id", Id),
        needed("currency", Sorted),
        needed("amount", Amount),
        needed("records", sa.Integer),
        needed("received", Amount),
    ]


performance_day = sa.Table("performance_day", metadata, *_sums(), needed("day", sa.Date), needed("month", sa.Date))
performance_month = sa.Table("performance_month", metadata, *_sums(), needed("month", sa.Date))
