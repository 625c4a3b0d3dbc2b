"""The recycle bin as rows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from documents.domain.document import Document
from documents.store import files

_DUE = """
SELECT d.id FROM document d WHERE d.deleted_at <= %s
    AND NOT EXISTS (SELECT FROM hold h WHERE h.subject = 'document/' || d.id)
ORDER BY d.deleted_at, d.id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_KEYS = """
SELECT DISTINCT object_key FROM document_version WHERE document_id = %s
"""


def due(connection: sa.Connection, before: datetime) -> Document | None:
    """A file that has lain there since before this moment and nobody holds."""
    found = connection.exec_driver_sql(_DUE, (before,)).scalar()
    return None if found is None else files.locked(connection, found)


def purge(connection: sa.Connection, document_id: UUID) -> list[str]:
    """Remove the file with all that belongs to it; the keys of its bytes."""
    keys = list(connection.exec_driver_sql(_KEYS, (document_id,)).scalars())
    connection.exec_driver_sql("DELETE FROM upload WHERE document_id = %s", (document_id,))
    connection.exec_driver_sql("DELETE FROM document WHERE id = %s", (document_id,))
    return keys
