"""Recoveries, and the sealed contents they are about, as rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import insertion
from crm_common.store import Store
from documents.domain.document import Content
from documents.tables import document_recovery

_INSERT = insertion(document_recovery)
_CONTENTS = """
SELECT number, object_key, content_type, size, sha256, sealed_key, recovery_key FROM document_version
WHERE document_id = %s ORDER BY number
"""
_SEAL = """
UPDATE document_version SET object_key = %s, sealed_key = %s, recovery_key = %s WHERE document_id = %s AND number = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Who asked for what, and who allowed it."""

    id: UUID
    document_id: UUID
    reason: str
    requested_by_id: UUID
    requested_at: datetime
    approved_by_id: UUID | None = None
    approved_at: datetime | None = None


def insert(connection: sa.Connection, made: Recovery) -> None:
    """Keep a new one."""
    _INSERT.run(connection, **asdict(made))


def locked(connection: sa.Connection, recovery_id: UUID) -> Recovery | None:
    """One of them, locked."""
    found = connection.execute(
        sa.select(document_recovery).where(document_recovery.c.id == recovery_id).with_for_update()
    ).one_or_none()
    return None if found is None else Recovery(**found._asdict())


def approve(connection: sa.Connection, recovery_id: UUID, approver: UUID, now: datetime) -> None:
    """It is allowed."""
    text = "UPDATE document_recovery SET approved_by_id = %s, approved_at = %s WHERE id = %s"
    connection.exec_driver_sql(text, (approver, now, recovery_id))


def document_of(store: Store, recovery_id: UUID) -> UUID | None:
    """The file it is about."""
    rows = store.rows("SELECT document_id FROM document_recovery WHERE id = %s", (recovery_id,))
    return rows[0][0] if rows else None


def contents(store: Store, document_id: UUID) -> dict[int, Content]:
    """The content of every version."""
    return {row[0]: _content(row[1:]) for row in store.rows(_CONTENTS, (document_id,))}


def contents_now(connection: sa.Connection, document_id: UUID) -> dict[int, Content]:
    """The same, within a transaction."""
    return {row[0]: _content(tuple(row)[1:]) for row in connection.exec_driver_sql(_CONTENTS, (document_id,))}


def seal(connection: sa.Connection, document_id: UUID, number: int, content: Content) -> None:
    """The version lies elsewhere now, or under another wrapping."""
    values = (content.object_key, content.sealed_key, content.recovery_key, document_id, number)
    connection.exec_driver_sql(_SEAL, values)


def _content(row: tuple[object, ...]) -> Content:
    names = ("object_key", "content_type", "size", "sha256", "sealed_key", "recovery_key")
    return Content(**dict(zip(names, row, strict=True)))  # type: ignore[arg-type]
