"""What people are told."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Moment, Sorted, identifier, needed
from office.tables.metadata import metadata

message = sa.Table(
    "message",
    metadata,
    identifier(),
    needed("receiver_id", Id),
    needed("key", Sorted),
    needed("kind", Sorted),
    needed("title_en", Sorted),
    needed("title_zh", Sorted),
    needed("text_en", Sorted),
    needed("text_zh", Sorted),
    sa.Column("about", Sorted),
    needed("count", sa.Integer),
    needed("is_read", sa.Boolean),
    sa.Column("read_at", Moment),
    needed("created_at", Moment),
)
