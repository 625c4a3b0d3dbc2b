"""Pools and what the use cases of holdings ask of the database; written here alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.store import Store

_OPEN = """
SELECT c.id, cardinality(p.member_ids) = 0 OR %(me)s = ANY (p.member_ids) OR %(me)s = ANY (p.admin_ids) AS member,
    cardinality(p.admin_ids) = 0 OR %(me)s = ANY (p.admin_ids) AS admin
FROM customer c JOIN pool p ON p.id = c.pool_id WHERE c.id = ANY(%(ids)s::uuid[])
"""
_HOLDS = """
SELECT substr(subject, 10)::uuid AS id, array_agg(reason ORDER BY reason) AS reasons
FROM hold WHERE subject = ANY(%s::text[]) GROUP BY subject
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is in the pool of a customer."""

    member: bool
    admin: bool


def standings(connection: sa.Connection, ids: Iterable[UUID], me: UUID) -> dict[UUID, Standing]:
    """What the employee is in the pools of these customers; those that are in no pool are left out."""
    rows = connection.exec_driver_sql(_OPEN, {"ids": list(ids), "me": me})
    return {row.id: Standing(row.member, row.admin) for row in rows}


def holds(connection: sa.Connection, ids: Iterable[UUID]) -> dict[UUID, Sequence[str]]:
    """Why customers are held, by customer; asked under the customers' locks."""
    rows = connection.exec_driver_sql(_HOLDS, ([f"customer/{each}" for each in ids],))
    return {row.id: row.reasons for row in rows}


def trashed_since(connection: sa.Connection, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """Since when customers are in the trash."""
    rows = connection.exec_driver_sql(
        "SELECT id, trashed_at FROM customer WHERE holding = 'TRASH' AND id = ANY(%s::uuid[])", (list(ids),)
    )
    return {row.id: row.trashed_at for row in rows}


def queues(store: Store, ids: Iterable[UUID]) -> list[UUID]:
    """In which departments' queues these customers wait, as it was a moment ago."""
    rows = store.rows(
        "SELECT DISTINCT queue_department_id FROM customer WHERE holding = 'DEPT_QUEUE' AND id = ANY(%s::uuid[])",
        (list(ids),),
    )
    return [row[0] for row in rows]


def note_head(connection: sa.Connection, department_id: UUID, head_id: UUID | None) -> None:
    """Remember who passes on what waits for a department; rules ask identity."""
    connection.exec_driver_sql(
        "INSERT INTO queue_head VALUES (%s, %s) ON CONFLICT (department_id) DO UPDATE SET head_id = EXCLUDED.head_id",
        (department_id, head_id),
    )
