"""What people want to be reminded of, and notes they leave one another."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Moment, Sorted, history, identifier, needed
from office.tables.metadata import metadata

reminder = sa.Table(
    "reminder",
    metadata,
    identifier(),
    needed("owner_id", Id),
    needed("title", Sorted),
    sa.Column("about", Sorted),
    needed("at", Moment),
    sa.Column("repeat", Sorted),
    needed("zone", Sorted),
    sa.Column("next_at", Moment),
    sa.Column("fired_at", Moment),
    needed("times_fired", sa.Integer),
    *history(),
)
note = sa.Table(
    "note",
    metadata,
    identifier(),
    needed("from_id", Id),
    needed("to_id", Id),
    needed("text", Sorted),
    sa.Column("read_at", Moment),
    needed("created_at", Moment),
)
