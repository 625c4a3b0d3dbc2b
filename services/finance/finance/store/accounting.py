"""What accounting systems call receipts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import written

_KNOWN = written("SELECT external_id FROM accounting_link WHERE receipt_id = %(receipt)s::uuid")
_USED = written(
    "SELECT receipt_id FROM accounting_link WHERE external_id = %(external)s AND receipt_id <> %(receipt)s::uuid"
)
_NOTE = written("""
INSERT INTO accounting_link (receipt_id, external_id, noted_at)
VALUES (%(receipt)s::uuid, %(external)s, %(now)s::timestamptz)
ON CONFLICT (receipt_id) DO UPDATE SET external_id = excluded.external_id, noted_at = excluded.noted_at
""")


def external_id(connection: sa.Connection, receipt_id: UUID) -> str | None:
    """What a receipt is called there, if that was said."""
    found = _KNOWN.first(connection, receipt=receipt_id)
    return None if found is None else str(found.external_id)


def is_anothers(connection: sa.Connection, external: str, receipt_id: UUID) -> bool:
    """Whether another receipt is called so."""
    return _USED.first(connection, external=external, receipt=receipt_id) is not None


def note(connection: sa.Connection, receipt_id: UUID, external: str, now: datetime) -> None:
    """Keep what a receipt is called."""
    _NOTE.run(connection, receipt=receipt_id, external=external, now=now)
