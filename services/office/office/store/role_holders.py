"""Who has a role in whose name nobody in particular is told: a copy, refreshed by a job."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import written

_SAVE = written("""
INSERT INTO role_holders (code, employee_ids) VALUES (%(code)s::text, %(ids)s::uuid[])
ON CONFLICT (code) DO UPDATE SET employee_ids = excluded.employee_ids
""")
_OF = written("SELECT unnest(employee_ids) AS id FROM role_holders WHERE code = %(code)s::text")


def save(connection: sa.Connection, code: str, employee_ids: Sequence[UUID]) -> None:
    """These hold the role now."""
    _SAVE.run(connection, code=code, ids=list(employee_ids))


def of(connection: sa.Connection, code: str) -> list[UUID]:
    """Who holds the preset role of this code, as far as this service has heard."""
    return [row.id for row in _OF.rows(connection, code=code)]
