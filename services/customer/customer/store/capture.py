"""Capture forms as rows, and how many posts each takes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

_INSERT = """
INSERT INTO capture_form (id, name, key, source, campaign, active, per_minute, created_at, updated_at, version)
VALUES (%s, %s, %s, %s, %s, true, %s, %s, %s, 1)
"""
_SAVE = """
UPDATE capture_form SET name = %s, campaign = %s, per_minute = %s, active = %s, updated_at = %s, version = version + 1
WHERE id = %s
"""
_LOCKED = "SELECT id, name, campaign, per_minute, active, version FROM capture_form WHERE id = %s FOR UPDATE"
# counted under the row's lock: many posts at once take one after the other
_TAKE = """
UPDATE capture_form SET minute = date_trunc('minute', %(now)s::timestamptz),
    taken = CASE WHEN minute = date_trunc('minute', %(now)s::timestamptz) THEN taken + 1 ELSE 1 END
WHERE key = %(key)s AND active RETURNING id, source, campaign, taken <= per_minute AS within
"""


def insert(connection: sa.Connection, row: tuple[Any, ...], now: datetime) -> None:
    """Add a form (id, name, key, source, campaign, per minute)."""
    connection.exec_driver_sql(_INSERT, (*row, now, now))


def save(connection: sa.Connection, row: tuple[Any, ...], now: datetime, form_id: UUID) -> None:
    """Write a form (name, campaign, per minute, active)."""
    connection.exec_driver_sql(_SAVE, (*row, now, form_id))


def locked(connection: sa.Connection, form_id: UUID) -> dict[str, Any] | None:
    """The form's row, locked until the commit."""
    row = connection.exec_driver_sql(_LOCKED, (form_id,))
    found = row.mappings().one_or_none()
    return None if found is None else dict(found)


def take(connection: sa.Connection, key: str, now: datetime) -> dict[str, Any] | None:
    """Count a post: id, source, campaign, and whether it is within the form's minute; None without such a form."""
    found = connection.exec_driver_sql(_TAKE, {"key": key, "now": now}).mappings().one_or_none()
    return None if found is None else dict(found)
