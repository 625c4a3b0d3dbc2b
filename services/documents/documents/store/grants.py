"""Rights given on files, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.documents.rights import DocumentRight
from crm_common.statements import insertion
from documents.tables import document_grant

_INSERT = insertion(document_grant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a person, a department or a role may do."""

    id: UUID
    employee_id: UUID | None = None
    department_id: UUID | None = None
    role_id: UUID | None = None
    rights: tuple[DocumentRight, ...]


def of(connection: sa.Connection, document_id: UUID) -> list[Grant]:
    """All that are given on the file."""
    found = connection.exec_driver_sql(
        "SELECT id, employee_id, department_id, role_id, rights FROM document_grant WHERE document_id = %s",
        (document_id,),
    )
    return [Grant(**row | {"rights": tuple(map(DocumentRight, row["rights"]))}) for row in map(dict, found.mappings())]


def replace(connection: sa.Connection, document_id: UUID, given: Sequence[Grant], now: datetime) -> None:
    """These and no others."""
    connection.exec_driver_sql("DELETE FROM document_grant WHERE document_id = %s", (document_id,))
    for each in given:
        add(connection, document_id, each, now)


def add(connection: sa.Connection, document_id: UUID, given: Grant, now: datetime) -> None:
    """One more."""
    values = asdict(given) | {"rights": [each.value for each in given.rights]}
    _INSERT.run(connection, **values, document_id=document_id, created_at=now)
