"""Opportunities with their plan and past, and the pipelines they go through."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Amount, Id, Moment, Sorted, Words, history, identifier, needed
from sales.tables.metadata import metadata
from sales.tables.orders import Quantity

pipeline = sa.Table(
    "pipeline",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("is_default", sa.Boolean),
    needed("version", sa.Integer),
)
pipeline_stage = sa.Table(
    "pipeline_stage",
    metadata,
    needed("pipeline_id", Id),
    needed("place", sa.Integer),
    needed("key", Sorted),
    needed("name", Sorted),
    needed("name_en", Sorted),
    needed("probability", sa.Integer),
    needed("next", Words),
    needed("needs", Words),
)
opportunity = sa.Table(
    "opportunity",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("customer_id", Id),
    needed("owner_id", Id),
    needed("pipeline_id", Id),
    needed("stage", Sorted),
    sa.Column("stage_before", Sorted),  # where it goes on when it is reopened or resumed
    needed("probability", sa.Integer),
    needed("stage_since", Moment),
    sa.Column("source", Sorted),
    sa.Column("origin", Sorted),
    sa.Column("heat", Sorted),
    needed("amount", Amount),
    needed("currency", Sorted),
    sa.Column("expected_on", sa.Date),
    needed("competitors", Words),
    sa.Column("value", sa.Integer),
    sa.Column("feasibility", sa.Integer),
    sa.Column("priority", sa.Integer, sa.Computed("value * feasibility")),
    sa.Column("next_on", sa.Date),
    sa.Column("loss_reason", Sorted),
    sa.Column("loss_note", Sorted),
    sa.Column("competitor", Sorted),
    sa.Column("order_id", Id),
    needed("big_told", sa.Boolean),
    needed("stalled_told", sa.Boolean),
    *history(),
)
opportunity_line = sa.Table(
    "opportunity_line",
    metadata,
    identifier(),
    needed("opportunity_id", Id),
    needed("place", sa.Integer),
    needed("product_id", Id),
    needed("name", Sorted),
    needed("unit", Sorted),
    needed("quantity", Quantity),
    needed("price", Amount),
    needed("discount", sa.Numeric(5, 4)),
    needed("amount", Amount),
    sa.Column("starts_on", sa.Date),
    sa.Column("ends_on", sa.Date),
)
opportunity_step = sa.Table(
    "opportunity_step",
    metadata,
    identifier(),
    needed("opportunity_id", Id),
    needed("what", Sorted),
    needed("due_on", sa.Date),
    sa.Column("done_at", Moment),
)
opportunity_stage = sa.Table(
    "opportunity_stage",
    metadata,
    identifier(),
    needed("opportunity_id", Id),
    needed("stage", Sorted),
    needed("entered_at", Moment),
    sa.Column("left_at", Moment),
)
opportunity_follow_up = sa.Table(
    "opportunity_follow_up",
    metadata,
    identifier(),
    needed("opportunity_id", Id),
    needed("content", Sorted),
    needed("by_id", Id),
    needed("created_at", Moment),
)
