"""Memos as rows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.text_order import pinyin_key
from office.domain.memo import Memo

_LOCKED = "SELECT id, owner_id, title, body, version FROM memo WHERE id = %s FOR UPDATE"
_INSERT = """
INSERT INTO memo (id, owner_id, title, title_key, body, version, created_at, updated_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_SAVE = "UPDATE memo SET title = %s, title_key = %s, body = %s, version = %s, updated_at = %s WHERE id = %s"


def locked(connection: sa.Connection, memo_id: UUID) -> Memo | None:
    """The memo, locked."""
    row = connection.exec_driver_sql(_LOCKED, (memo_id,)).mappings().one_or_none()
    return None if row is None else Memo(**dict(row))


def insert(connection: sa.Connection, made: Memo, now: datetime) -> None:
    """Keep a new memo."""
    title_key = pinyin_key(made.title)
    values = (made.id, made.owner_id, made.title, title_key, made.body, made.version, now, now)
    connection.exec_driver_sql(_INSERT, values)


def save(connection: sa.Connection, changed: Memo, now: datetime) -> None:
    """Keep what changed of a memo."""
    values = (changed.title, pinyin_key(changed.title), changed.body, changed.version, now, changed.id)
    connection.exec_driver_sql(_SAVE, values)


def delete(connection: sa.Connection, memo_id: UUID) -> None:
    """Forget a memo."""
    connection.exec_driver_sql("DELETE FROM memo WHERE id = %s", (memo_id,))
