"""Texts that wait to be found, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

_WAITING = """
SELECT x.document_id, x.number, v.object_key, v.content_type
FROM document_text x JOIN document d ON d.id = x.document_id AND d.number = x.number
JOIN document_version v ON v.document_id = x.document_id AND v.number = x.number
WHERE x.state = 'WAITING' AND NOT d.is_encrypted ORDER BY x.document_id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version of which nobody knows yet what it says."""

    document_id: UUID
    number: int
    object_key: str
    content_type: str


def waiting(connection: sa.Connection) -> Waiting | None:
    """One of them."""
    found = connection.exec_driver_sql(_WAITING).one_or_none()
    return None if found is None else Waiting(*found)


def forget(connection: sa.Connection, document_id: UUID) -> None:
    """What the file says is known no longer."""
    connection.exec_driver_sql("DELETE FROM document_text WHERE document_id = %s", (document_id,))
