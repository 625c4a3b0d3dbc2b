"""Reminders as rows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from office.domain.reminder import Reminder

_COLUMNS = "id, owner_id, title, about, at, repeat, zone, next_at, fired_at, times_fired, version"
_LOCKED = f"SELECT {_COLUMNS} FROM reminder WHERE id = %s FOR UPDATE"
# A replica that lost its lease may still be at work: what it holds is left to it.
_DUE = f"""
SELECT {_COLUMNS} FROM reminder WHERE next_at <= %s ORDER BY next_at, id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_INSERT = f"""
INSERT INTO reminder ({_COLUMNS}, created_at, updated_at)
VALUES (%(id)s, %(owner_id)s, %(title)s, %(about)s, %(at)s, %(repeat)s, %(zone)s, %(next_at)s, %(fired_at)s,
    %(times_fired)s, %(version)s, %(now)s, %(now)s)
"""
_SAVE = """
UPDATE reminder SET title = %(title)s, at = %(at)s, repeat = %(repeat)s, next_at = %(next_at)s,
    fired_at = %(fired_at)s, times_fired = %(times_fired)s, version = %(version)s, updated_at = %(now)s
WHERE id = %(id)s
"""
_WAITING = "SELECT count(*) FROM reminder WHERE owner_id = %s AND next_at IS NOT NULL"


def locked(connection: sa.Connection, reminder_id: UUID) -> Reminder | None:
    """The reminder, locked."""
    row = connection.exec_driver_sql(_LOCKED, (reminder_id,)).mappings().one_or_none()
    return None if row is None else Reminder(**dict(row))


def due(connection: sa.Connection, now: datetime, most: int) -> list[Reminder]:
    """Up to ``most`` reminders whose moment has come, locked; those that somebody else holds are left out."""
    return [Reminder(**dict(row)) for row in connection.exec_driver_sql(_DUE, (now, most)).mappings()]


def waiting(connection: sa.Connection, owner_id: UUID) -> int:
    """How many of his are not over."""
    return int(connection.exec_driver_sql(_WAITING, (owner_id,)).scalar_one())


def insert(connection: sa.Connection, made: Reminder, now: datetime) -> None:
    """Keep a new one."""
    connection.exec_driver_sql(_INSERT, asdict(made) | {"now": now})


def save(connection: sa.Connection, changed: Reminder, now: datetime) -> None:
    """Keep what changed."""
    connection.exec_driver_sql(_SAVE, asdict(changed) | {"now": now})


def delete(connection: sa.Connection, reminder_id: UUID) -> None:
    """Forget it."""
    connection.exec_driver_sql("DELETE FROM reminder WHERE id = %s", (reminder_id,))
