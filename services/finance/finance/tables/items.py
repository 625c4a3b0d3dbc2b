"""The tables; the migrations make them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from finance.tables.metadata import metadata

item = sa.Table(
    "item",
    metadata,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("name", sa.Text(collation="C"), nullable=False),
    sa.Column("name_key", sa.Text(collation="C"), nullable=False),
    sa.Column("owner_id", UUID(as_uuid=True)),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
