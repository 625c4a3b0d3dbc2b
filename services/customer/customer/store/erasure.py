"""Erases what a customer's row tells of a person (CUS-26)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from customer.domain.pool import Moved
from customer.store import custom, moves, people

ERASED_NAME = "（已清除）"
_NOTHING = (
    "address",
    "email",
    "fax",
    "website",
    "sex",
    "birth_date",
    "profession",
    "remark",
    "next_contact_at",
    "hobbies",
    "preferences",
    "pain_points",
    "preferred_channel",
    "preferred_time",
    "social_accounts",
)
# the event says that these are gone, not what they were
_SILENT = {
    "name": f"'{ERASED_NAME}'",
    "name_fold": f"'{ERASED_NAME}'",
    "name_key": "''",
    "name_terms": "'{}'",
    "phone_cipher": "''",
    "phone_mask": "''",
    "phone_index": "''",
    "tags": "'{}'",
    "custom": "'{}'",
    **dict.fromkeys(_NOTHING, "NULL"),
}
_TOLD: moves.Sets = {"holding": "'ERASED'", "trashed_at": "NULL", "pool_id": "NULL"}


def erase(connection: sa.Connection, ids: Iterable[UUID], *, now: datetime) -> list[Moved]:
    """Erase customers that the open transaction has locked."""
    custom.forget(connection, ids := list(ids))
    people.forget(connection, ids, now)
    statement = moves.update({**_TOLD, **_SILENT}, where="c.id = ANY(%(ids)s::uuid[])")
    rows = connection.exec_driver_sql(statement, {"ids": ids, "now": now})
    return [moves.moved(tuple(row), _TOLD) for row in rows]
