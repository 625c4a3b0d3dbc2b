"""The shapes that columns of every service's tables share."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

Id = UUID(as_uuid=True)
Ids = ARRAY(UUID(as_uuid=True))
Moment = sa.DateTime(timezone=True)
Texts = ARRAY(sa.Text)
# Compared byte by byte: what is sorted or searched by its beginning.
Sorted = sa.Text(collation="C")
Words = ARRAY(sa.Text(collation="C"))
Document = JSONB()
# Money to the cent; its currency stands beside it.
Amount = sa.Numeric(18, 2)


def identifier() -> sa.Column[Any]:
    """The primary key."""
    return sa.Column("id", Id, primary_key=True)


def needed(name: str, kind: Any, **options: Any) -> sa.Column[Any]:
    """A column that is never null; ``options`` are those of a column."""
    return sa.Column(name, kind, nullable=False, **options)


def history() -> list[sa.Column[Any]]:
    """When it was made and changed, and the number of its changes."""
    return [needed("created_at", Moment), needed("updated_at", Moment), needed("version", sa.Integer)]
