"""Columns and announcements as rows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.office.announcement_columns import ColumnTemplate
from crm_common.protocol.office.announcements import AnnouncementState
from office.domain.announcement import Announcement, Column

_COLUMN = "id, parent_id, name, template, rank, publisher_ids, publisher_department_ids, manager_ids, version"
_SAVE_COLUMN = f"""
INSERT INTO announcement_column ({_COLUMN}, created_at, updated_at)
VALUES (%(id)s, %(parent_id)s, %(name)s, %(template)s, %(rank)s, %(publisher_ids)s, %(publisher_department_ids)s,
    %(manager_ids)s, %(version)s, %(now)s, %(now)s)
ON CONFLICT (id) DO UPDATE SET parent_id = EXCLUDED.parent_id, name = EXCLUDED.name, template = EXCLUDED.template,
    rank = EXCLUDED.rank, publisher_ids = EXCLUDED.publisher_ids,
    publisher_department_ids = EXCLUDED.publisher_department_ids, manager_ids = EXCLUDED.manager_ids,
    version = EXCLUDED.version, updated_at = EXCLUDED.updated_at
"""
_ABOVE = """
WITH RECURSIVE above (id, parent_id) AS (
    SELECT id, parent_id FROM announcement_column WHERE id = %s
    UNION SELECT c.id, c.parent_id FROM announcement_column c JOIN above a ON c.id = a.parent_id)
SELECT id FROM above
"""
# one at a time: two moves that are fine each could make a circle together
_TREE_LOCK = "LOCK TABLE announcement_column IN SHARE ROW EXCLUSIVE MODE"
_FIELDS = """id, column_id, title, body, state, author_id, department_ids, publish_at, published_at, expires_at,
    version"""
_SAVE = f"""
INSERT INTO announcement ({_FIELDS}, addressees, created_at, updated_at)
VALUES (%(id)s, %(column_id)s, %(title)s, %(body)s, %(state)s, %(author_id)s, %(department_ids)s, %(publish_at)s,
    %(published_at)s, %(expires_at)s, %(version)s, 0, %(now)s, %(now)s)
ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title, body = EXCLUDED.body, state = EXCLUDED.state,
    department_ids = EXCLUDED.department_ids, publish_at = EXCLUDED.publish_at, published_at = EXCLUDED.published_at,
    expires_at = EXCLUDED.expires_at, version = EXCLUDED.version, updated_at = EXCLUDED.updated_at
"""
_DUE = f"""
SELECT {_FIELDS} FROM announcement WHERE state = 'SCHEDULED' AND publish_at <= %s
ORDER BY publish_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_ADDRESSEES = """
SELECT e.id FROM employee_ref e WHERE e.active AND (cardinality(%(departments)s::uuid[]) = 0 OR EXISTS (
    SELECT FROM unnest(%(departments)s::uuid[]) d WHERE e.department_path LIKE '%%/' || d || '/%%'))
"""
_READ = """
INSERT INTO announcement_reading (id, announcement_id, employee_id, read_at) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING RETURNING id
"""


def lock_columns(connection: sa.Connection) -> None:
    """Hold the tree of columns."""
    connection.exec_driver_sql(_TREE_LOCK)


def column(connection: sa.Connection, column_id: UUID) -> Column | None:
    """A column as it stands."""
    row = connection.exec_driver_sql(f"SELECT {_COLUMN} FROM announcement_column WHERE id = %s", (column_id,))
    found = row.mappings().one_or_none()
    return None if found is None else Column(**_typed(found) | {"template": ColumnTemplate(found["template"])})


def above(connection: sa.Connection, column_id: UUID) -> list[UUID]:
    """The column and everything above it; nothing where there is none."""
    return list(connection.exec_driver_sql(_ABOVE, (column_id,)).scalars())


def save_column(connection: sa.Connection, saved: Column, now: datetime) -> None:
    """Keep a new column, or what changed of one."""
    connection.exec_driver_sql(_SAVE_COLUMN, _row(saved) | {"now": now})


def locked(connection: sa.Connection, announcement_id: UUID) -> Announcement | None:
    """The announcement, locked."""
    sql = f"SELECT {_FIELDS} FROM announcement WHERE id = %s FOR UPDATE"
    found = connection.exec_driver_sql(sql, (announcement_id,)).mappings().one_or_none()
    return None if found is None else _announcement(found)


def due(connection: sa.Connection, now: datetime) -> Announcement | None:
    """One whose moment has come, locked."""
    found = connection.exec_driver_sql(_DUE, (now,)).mappings().one_or_none()
    return None if found is None else _announcement(found)


def save(connection: sa.Connection, saved: Announcement, now: datetime) -> None:
    """Keep a new announcement, or what changed of one."""
    connection.exec_driver_sql(_SAVE, _row(saved) | {"now": now})


def addressees(connection: sa.Connection, announcement: Announcement) -> list[UUID]:
    """Who works in the departments it is for, its author aside."""
    values = {"departments": list(announcement.department_ids)}
    found = connection.exec_driver_sql(_ADDRESSEES, values).scalars()
    return [each for each in found if each != announcement.author_id]


def note_addressees(connection: sa.Connection, announcement_id: UUID, count: int) -> None:
    """Keep how many were told."""
    connection.exec_driver_sql("UPDATE announcement SET addressees = %s WHERE id = %s", (count, announcement_id))


def note_reading(
    connection: sa.Connection, reading_id: UUID, announcement_id: UUID, employee_id: UUID, now: datetime
) -> bool:
    """Keep that somebody has read it; False when he had before."""
    found = connection.exec_driver_sql(_READ, (reading_id, announcement_id, employee_id, now))
    return found.scalar_one_or_none() is not None


def departments_above(connection: sa.Connection, employee_id: UUID) -> list[UUID]:
    """His department and those above it."""
    sql = "SELECT department_path FROM employee_ref WHERE id = %s"
    path = connection.exec_driver_sql(sql, (employee_id,)).scalar_one_or_none() or ""
    return [UUID(each) for each in path.split("/") if each]


def _announcement(found: Any) -> Announcement:
    return Announcement(**_typed(found) | {"state": AnnouncementState(found["state"])})


def _typed(found: Any) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}


def _row(saved: Any) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(saved).items()}
