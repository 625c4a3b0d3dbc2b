"""The collection that all tables belong to, and the column types they share."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

metadata = sa.MetaData()

Id = UUID(as_uuid=True)
Ids = ARRAY(UUID(as_uuid=True))
Texts = ARRAY(sa.Text)
# Compared byte by byte: what is sorted or searched by its beginning.
Sorted = sa.Text(collation="C")
Moment = sa.DateTime(timezone=True)


def needed(name: str, kind: Any, **options: Any) -> sa.Column[Any]:
    """A column that is never null."""
    return sa.Column(name, kind, nullable=False, **options)


def identifier() -> sa.Column[Any]:
    """The primary key."""
    return sa.Column("id", Id, primary_key=True)


def history() -> tuple[sa.Column[Any], ...]:
    """What every editable record tells about its changes."""
    return (needed("created_at", Moment), needed("updated_at", Moment), needed("version", sa.Integer))
