"""How people get their messages, and how far each delivery has come."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Moment, Sorted, Words, identifier, needed
from office.tables.metadata import metadata

delivery_settings = sa.Table(
    "delivery_settings",
    metadata,
    identifier(),
    needed("language", Sorted),
    needed("email_kinds", Words),
    needed("robot_kinds", Words),
    sa.Column("quiet_from", Sorted),
    sa.Column("quiet_to", Sorted),
    needed("updated_at", Moment),
)
robot = sa.Table(
    "robot",
    metadata,
    identifier(),
    needed("owner_id", Id),
    needed("kind", Sorted),
    needed("name", Sorted),
    needed("sealed", sa.LargeBinary),
    needed("created_at", Moment),
)
delivery = sa.Table(
    "delivery",
    metadata,
    identifier(),
    needed("message_id", Id),
    needed("receiver_id", Id),
    needed("channel", Sorted),
    sa.Column("robot_id", Id),
    needed("state", Sorted),
    needed("due_at", Moment),
    needed("attempts", sa.Integer),
    sa.Column("problem", Sorted),
    sa.Column("claim", Id),
    sa.Column("sent_at", Moment),
    needed("created_at", Moment),
)
