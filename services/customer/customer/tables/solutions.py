"""Solution plans, and ours beside the competitors' (CUS-51)."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Moment, Sorted, history, identifier, needed
from customer.tables.metadata import metadata

solution_plan = sa.Table(
    "solution_plan",
    metadata,
    identifier(),
    needed("customer_id", Id),
    needed("title", Sorted),
    sa.Column("situation", Sorted),
    sa.Column("problem", Sorted),
    sa.Column("obstacles", Sorted),
    sa.Column("benefit", Sorted),
    sa.Column("solution", Sorted),
    needed("status", Sorted),
    sa.Column("status_reason", Sorted),
    needed("status_at", Moment),
    sa.Column("created_by", Id),
    *history(),
)

solution_comparison = sa.Table(
    "solution_comparison",
    metadata,
    needed("plan_id", Id),
    needed("place", sa.Integer),
    needed("competitor", Sorted),
    needed("ours", Sorted),
    needed("theirs", Sorted),
)
