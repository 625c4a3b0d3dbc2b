"""Messages as rows: one for each receiver and matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from office.domain.message import Said

# Receivers in the order of their ids, so that two who tell the same people do not wait for one another in a circle.
_INSERT = """
INSERT INTO message AS m (id, receiver_id, key, kind, title_en, title_zh, text_en, text_zh, about, count, is_read,
    created_at)
SELECT told.id, told.receiver_id, %(key)s, %(kind)s, %(title_en)s, %(title_zh)s, %(text_en)s, %(text_zh)s, %(about)s,
    1, false, %(now)s
FROM unnest(%(ids)s::uuid[], %(receivers)s::uuid[]) AS told (id, receiver_id) ORDER BY told.receiver_id
ON CONFLICT (receiver_id, key) DO """
_NOTHING = "NOTHING"
_COUNT_UP = """UPDATE SET count = m.count + 1,
    title_en = replace(%(several_en)s, '{count}', (m.count + 1)::text),
    title_zh = replace(%(several_zh)s, '{count}', (m.count + 1)::text),
    about = EXCLUDED.about, is_read = false, read_at = NULL, created_at = EXCLUDED.created_at"""
# what gathers in a message that is not read yet has been told; one that was read arrives again
_RETURNING = " RETURNING new.id, new.receiver_id, coalesce(old.is_read, true) AS arrived"
_ONCE, _GATHER = _INSERT + _NOTHING + _RETURNING, _INSERT + _COUNT_UP + _RETURNING
_READ = """
UPDATE message SET is_read = true, read_at = %(now)s WHERE id IN (
    SELECT id FROM message WHERE receiver_id = %(me)s AND NOT is_read AND (%(ids)s::uuid[] IS NULL OR id = ANY(%(ids)s))
    ORDER BY id FOR UPDATE)
RETURNING id
"""
_OWN = "SELECT count(*) FROM message WHERE receiver_id = %s AND id = ANY(%s)"
_UNREAD = "SELECT count(*) FROM message WHERE receiver_id = %s AND NOT is_read"


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A message to be told: its kind, its matter's key, what it says, the global id of what it is about."""

    kind: str
    key: str
    said: Said
    about: str | None


def insert(
    connection: sa.Connection, new: New, receivers: Sequence[tuple[UUID, UUID]], now: datetime
) -> list[tuple[UUID, UUID]]:
    """Keep it for each ``(id, receiver)``; answers id and receiver of those that arrived."""
    ids, people = ([each[place] for each in receivers] for place in (0, 1))
    several = new.said.several
    values = {
        "kind": new.kind,
        "key": new.key,
        "title_en": new.said.title.en,
        "title_zh": new.said.title.zh,
        "text_en": new.said.text.en,
        "text_zh": new.said.text.zh,
        "several_en": several and several.en,
        "several_zh": several and several.zh,
        "about": new.about,
        "now": now,
        "ids": ids,
        "receivers": people,
    }
    found = connection.exec_driver_sql(_ONCE if several is None else _GATHER, values)
    return [(row.id, row.receiver_id) for row in found if row.arrived]


def forget(connection: sa.Connection, about: str) -> None:
    """Remove all messages about a record, and what was to be delivered of them."""
    of = "SELECT id FROM message WHERE about = %s"
    connection.exec_driver_sql(f"DELETE FROM delivery WHERE message_id IN ({of})", (about,))
    connection.exec_driver_sql("DELETE FROM message WHERE about = %s", (about,))


def own(connection: sa.Connection, receiver_id: UUID, ids: Sequence[UUID]) -> int:
    """How many of these are the receiver's."""
    return int(connection.exec_driver_sql(_OWN, (receiver_id, list(ids))).scalar_one())


def of_matters(connection: sa.Connection, receiver_id: UUID, keys: Sequence[str]) -> list[UUID]:
    """The receiver's messages of these matters."""
    sql = "SELECT id FROM message WHERE receiver_id = %s AND key = ANY(%s)"
    return list(connection.exec_driver_sql(sql, (receiver_id, list(keys))).scalars())


def read(connection: sa.Connection, receiver_id: UUID, ids: Sequence[UUID] | None, now: datetime) -> list[UUID]:
    """Mark as read: these, or (None) all. Answers those that were not."""
    values = {"me": receiver_id, "ids": None if ids is None else list(ids), "now": now}
    return sorted(connection.exec_driver_sql(_READ, values).scalars())


def unread(connection: sa.Connection, receiver_id: UUID) -> int:
    """How many are not read."""
    return int(connection.exec_driver_sql(_UNREAD, (receiver_id,)).scalar_one())
