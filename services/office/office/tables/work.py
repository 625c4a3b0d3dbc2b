"""Tasks, what they are made from, and what is said of work."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Ids, Moment, Sorted, history, identifier, needed
from office.tables.metadata import metadata

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

task_template = sa.Table(
    "task_template",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("name_key", Sorted),
    needed("description", Sorted),
    needed("active", sa.Boolean),
    *history(),
)

task_template_step = sa.Table(
    "task_template_step",
    metadata,
    identifier(),
    needed("template_id", Id),
    needed("place", sa.Integer),
    needed("title", Sorted),
    needed("body", Sorted),
    sa.Column("assignee_id", Id),
    sa.Column("due_days", sa.Integer),
)

task_process = sa.Table(
    "task_process",
    metadata,
    identifier(),
    needed("template_id", Id),
    needed("name", Sorted),
    sa.Column("about", Sorted),
    needed("started_by", Id),
    needed("assignee_id", Id),
    needed("started_at", Moment),
)

comment = sa.Table(
    "comment",
    metadata,
    identifier(),
    needed("subject", Sorted),
    sa.Column("parent_id", Id),
    needed("author_id", Id),
    needed("body", Sorted),
    needed("mention_ids", Ids),
    needed("is_deleted", sa.Boolean),
    needed("created_at", Moment),
    sa.Column("edited_at", Moment),
    needed("version", sa.Integer),
)
