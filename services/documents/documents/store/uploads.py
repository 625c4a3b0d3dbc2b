"""What awaits its upload, as rows."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import insertion
from crm_common.store import Store
from documents.domain.upload import Upload
from documents.tables import upload

_INSERT = insertion(upload)


_NAMES = ", ".join(each.name for each in fields(Upload))


def insert(connection: sa.Connection, made: Upload) -> None:
    """Await an upload."""
    _INSERT.run(connection, **asdict(made) | {"tags": list(made.tags)})


def awaited(store: Store, upload_id: UUID, by_id: UUID) -> Upload | None:
    """What somebody himself said would come."""
    rows = store.rows(f"SELECT {_NAMES} FROM upload WHERE id = %s AND by_id = %s", (upload_id, by_id))
    return _made(rows[0]) if rows else None


def locked(connection: sa.Connection, upload_id: UUID) -> Upload:
    """The same, locked."""
    found = connection.exec_driver_sql(f"SELECT {_NAMES} FROM upload WHERE id = %s FOR UPDATE", (upload_id,)).one()
    return _made(found)


def confirm(connection: sa.Connection, upload_id: UUID, now: datetime) -> None:
    """It came."""
    connection.exec_driver_sql("UPDATE upload SET confirmed_at = %s WHERE id = %s", (now, upload_id))


def expired(connection: sa.Connection, before: datetime, limit: int) -> list[Upload]:
    """What was never confirmed and can be no longer."""
    found = connection.exec_driver_sql(
        f"SELECT {_NAMES} FROM upload WHERE confirmed_at IS NULL AND expires_at < %s ORDER BY expires_at LIMIT %s"
        " FOR UPDATE SKIP LOCKED",
        (before, limit),
    )
    return [_made(row) for row in found]


def forget(connection: sa.Connection, upload_id: UUID) -> None:
    """It is awaited no longer."""
    connection.exec_driver_sql("DELETE FROM upload WHERE id = %s", (upload_id,))


def _made(row: Any) -> Upload:
    values = dict(zip((each.name for each in fields(Upload)), row, strict=True))
    return Upload(**values | {"tags": tuple(values["tags"])})
