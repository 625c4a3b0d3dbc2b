"""Notes as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

_INSERT = """
INSERT INTO note (id, from_id, to_id, text, created_at)
SELECT id, %(from)s, to_id, %(text)s, %(now)s FROM unnest(%(ids)s::uuid[], %(to)s::uuid[]) AS n (id, to_id)
"""
_READ = """
UPDATE note SET read_at = %(now)s WHERE id IN (
    SELECT id FROM note WHERE to_id = %(me)s AND read_at IS NULL AND (%(ids)s::uuid[] IS NULL OR id = ANY(%(ids)s))
    ORDER BY id FOR UPDATE)
RETURNING id, from_id, to_id, read_at
"""
_LOCKED = "SELECT id, from_id, to_id, read_at FROM note WHERE id = %s FOR UPDATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note as it stands, but for what it says."""

    id: UUID
    from_id: UUID
    to_id: UUID
    read_at: datetime | None


def insert(connection: sa.Connection, notes: Sequence[Note], text: str, now: datetime) -> None:
    """Keep new notes of one author, all saying the same."""
    values = {
        "from": notes[0].from_id,
        "ids": [each.id for each in notes],
        "to": [each.to_id for each in notes],
        "text": text,
        "now": now,
    }
    connection.exec_driver_sql(_INSERT, values)


def own(connection: sa.Connection, to_id: UUID, ids: Sequence[UUID]) -> int:
    """How many of these are for him."""
    sql = "SELECT count(*) FROM note WHERE to_id = %s AND id = ANY(%s)"
    return int(connection.exec_driver_sql(sql, (to_id, list(ids))).scalar_one())


def read(connection: sa.Connection, to_id: UUID, ids: Sequence[UUID] | None, now: datetime) -> list[Note]:
    """Mark as read: these, or (None) all; answers those that were not."""
    values = {"me": to_id, "ids": None if ids is None else list(ids), "now": now}
    return [Note(**dict(row)) for row in connection.exec_driver_sql(_READ, values).mappings()]


def unread(connection: sa.Connection, to_id: UUID) -> int:
    """How many are not read."""
    sql = "SELECT count(*) FROM note WHERE to_id = %s AND read_at IS NULL"
    return int(connection.exec_driver_sql(sql, (to_id,)).scalar_one())


def locked(connection: sa.Connection, note_id: UUID) -> Note | None:
    """The note, locked."""
    row = connection.exec_driver_sql(_LOCKED, (note_id,)).mappings().one_or_none()
    return None if row is None else Note(**dict(row))


def delete(connection: sa.Connection, note_id: UUID) -> None:
    """Forget it."""
    connection.exec_driver_sql("DELETE FROM note WHERE id = %s", (note_id,))
