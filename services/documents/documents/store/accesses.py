"""Who read or took a file, as rows that nobody changes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import insertion
from documents.tables import document_access

_INSERT = insertion(document_access)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One access to one version; ``address`` is the client's."""

    id: UUID
    document_id: UUID
    document_name: str
    number: int
    employee_id: UUID
    action: str
    address: str | None
    at: datetime


def note(connection: sa.Connection, taken: Taken) -> None:
    """One access is one row."""
    _INSERT.run(connection, **asdict(taken))
