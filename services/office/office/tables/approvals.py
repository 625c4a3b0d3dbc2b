"""Approval flows and approvals."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Document, Id, Ids, Moment, Sorted, Words, history, identifier, needed
from office.tables.metadata import metadata

approval_flow = sa.Table(
    "approval_flow",
    metadata,
    identifier(),
    needed("kind", Sorted),
    needed("name", Sorted),
    needed("name_key", Sorted),
    sa.Column("name_en", Sorted),
    sa.Column("description", Sorted),
    needed("state", Sorted),
    needed("fields", Document),
    needed("plan", Document),
    needed("revision", sa.Integer),
    sa.Column("version_id", Id),
    needed("is_edited", sa.Boolean),
    sa.Column("published_at", Moment),
    *history(),
)

approval_flow_version = sa.Table(
    "approval_flow_version",
    metadata,
    identifier(),
    needed("flow_id", Id),
    needed("revision", sa.Integer),
    needed("fields", Document),
    needed("plan", Document),
    needed("published_at", Moment),
    sa.Column("published_by", Id),
)

approval = sa.Table(
    "approval",
    metadata,
    identifier(),
    needed("kind", Sorted),
    needed("flow_id", Id),
    needed("flow_version_id", Id),
    needed("title", Sorted),
    needed("state", Sorted),
    needed("initiator_id", Id),
    sa.Column("record_type", Sorted),
    sa.Column("record_id", Id),
    needed("round", sa.Integer),
    needed("form", Document),
    needed("hash", Sorted),
    needed("path", Words),
    needed("place", sa.Integer),
    needed("delegable", sa.Boolean),
    needed("detours", sa.Integer),
    sa.Column("urged_at", Moment),
    sa.Column("ended_at", Moment),
    *history(),
)

approval_task = sa.Table(
    "approval_task",
    metadata,
    identifier(),
    needed("approval_id", Id),
    needed("position", sa.Integer),
    needed("round", sa.Integer),
    needed("node", Sorted),
    needed("approver_id", Id),
    needed("why", Sorted),
    sa.Column("in_place_of", Id),
    sa.Column("after", Id),
    needed("added", sa.Boolean),
    needed("state", Sorted),
    sa.Column("decided_by", Id),
    sa.Column("comment", Sorted),
    sa.Column("decided_at", Moment),
)

approval_step = sa.Table(
    "approval_step",
    metadata,
    identifier(),
    needed("approval_id", Id),
    needed("position", sa.BigInteger),
    needed("kind", Sorted),
    needed("at", Moment),
    needed("round", sa.Integer),
    sa.Column("node", Sorted),
    sa.Column("by_id", Id),
    sa.Column("on_behalf_of", Id),
    needed("concerns", Ids),
    sa.Column("comment", Sorted),
)

approval_snapshot = sa.Table(
    "approval_snapshot",
    metadata,
    identifier(),
    needed("approval_id", Id),
    needed("revision", sa.Integer),
    needed("form", Document),
    needed("hash", Sorted),
    needed("at", Moment),
)

approval_delegation = sa.Table(
    "approval_delegation",
    metadata,
    identifier(),
    needed("from_id", Id),
    needed("to_id", Id),
    needed("kinds", Words),
    needed("starts_at", Moment),
    needed("ends_at", Moment),
    sa.Column("reason", Sorted),
    needed("created_at", Moment),
)
