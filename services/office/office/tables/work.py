"""Tasks, what they are made from, and what is said of work."""

from __future__ import annotations

import sqlalchemy as sa

from office.tables.metadata import Id, Moment, Sorted, history, identifier, metadata, needed

task = sa.Table(
    "task",
    metadata,
    identifier(),
    needed("title", Sorted),
    needed("title_key", Sorted),
    needed("body", Sorted),
    needed("status", Sorted),
    needed("priority", Sorted),
    needed("progress", sa.Integer),
    sa.Column("result", Sorted),
    needed("assigner_id", Id),
    needed("assignee_id", Id),
    sa.Column("about", Sorted),
    sa.Column("due_at", Moment),
    sa.Column("parent_id", Id),
    sa.Column("process_id", Id),
    sa.Column("step", sa.Integer),
    sa.Column("done_at", Moment),
    sa.Column("verified_at", Moment),
    sa.Column("overdue_told_at", Moment),
    *history(),
)
