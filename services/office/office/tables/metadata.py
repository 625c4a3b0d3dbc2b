"""The shapes that columns of this service share."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

metadata = sa.MetaData()

Id = UUID(as_uuid=True)
Ids = ARRAY(UUID(as_uuid=True))
Moment = sa.DateTime(timezone=True)
Sorted = sa.Text(collation="C")
Words = ARRAY(sa.Text(collation="C"))
Document = JSONB()


def identifier() -> sa.Column[Any]:
    """The primary key."""
    return sa.Column("id", Id, primary_key=True)


def needed(name: str, kind: Any) -> sa.Column[Any]:
    """A column that is never null."""
    return sa.Column(name, kind, nullable=False)


def history() -> list[sa.Column[Any]]:
    """When it was made and changed, and the number of its changes."""
    return [needed("created_at", Moment), needed("updated_at", Moment), needed("version", sa.Integer)]
