"""Recordings as rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import insertion
from crm_common.store import Store
from documents.tables import recording

_INSERT = insertion(recording)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recording as its row keeps it."""

    id: UUID
    call: str
    employee_id: UUID
    object_key: str
    content_type: str
    size: int
    sha256: str
    recorded_at: datetime
    keep_until: datetime


_FIELDS = [each.name for each in fields(Recording)]
_NAMES = ", ".join(_FIELDS)


def insert(connection: sa.Connection, made: Recording) -> None:
    """Keep a new one."""
    _INSERT.run(connection, **asdict(made))


def get(store: Store, recording_id: UUID) -> Recording | None:
    """One of them."""
    rows = store.rows(f"SELECT {_NAMES} FROM recording WHERE id = %s", (recording_id,))
    return Recording(**dict(zip(_FIELDS, rows[0], strict=True))) if rows else None


def due(connection: sa.Connection, now: datetime) -> Recording | None:
    """One whose time is over, removed."""
    found = connection.exec_driver_sql(
        "DELETE FROM recording WHERE id = (SELECT id FROM recording WHERE keep_until <= %s"
        f" ORDER BY keep_until, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING {_NAMES}",
        (now,),
    )
    row = found.mappings().one_or_none()
    return None if row is None else Recording(**dict(row))
