"""Workflow rules and what fired."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Document, Id, Moment, Sorted, history, identifier, needed
from office.tables.metadata import metadata

rule = sa.Table(
    "rule",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("name_key", Sorted),
    needed("description", Sorted),
    needed("active", sa.Boolean),
    sa.Column("event_type", Sorted),
    needed("delay_minutes", sa.Integer),
    sa.Column("relative_to", Sorted),
    sa.Column("schedule", Sorted),
    sa.Column("next_due_at", Moment),
    sa.Column("condition", Document),
    needed("actions", Document),
    needed("owner_id", Id),
    *history(),
)

rule_firing = sa.Table(
    "rule_firing",
    metadata,
    identifier(),
    needed("rule_id", Id),
    needed("rule_name", Sorted),
    needed("owner_id", Id),
    needed("event_id", Id),
    sa.Column("event_type", Sorted),
    sa.Column("record", Sorted),
    needed("occurred_at", Moment),
    needed("correlation_id", Sorted),
    needed("depth", sa.Integer),
    needed("data", Document),
    needed("actions", Document),
    needed("found", Document),
    needed("status", Sorted),
    needed("results", Document),
    sa.Column("problem", Sorted),
    needed("attempts", sa.Integer),
    needed("due_at", Moment),
    needed("next_try", Moment),
    needed("fired_at", Moment),
    sa.Column("finished_at", Moment),
)
