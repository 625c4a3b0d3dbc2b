"""Delegations as rows, and the people whose waiting tasks are to be looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.store import Store
from office.domain.approval_delegation import Delegation

_COLUMNS = tuple(each.name for each in fields(Delegation))
_LOCKED = f"SELECT {', '.join(_COLUMNS)} FROM approval_delegation WHERE id = %s FOR UPDATE"
_INSERT = (
    f"INSERT INTO approval_delegation ({', '.join(_COLUMNS)}, created_at)"
    f" VALUES ({', '.join(f'%({name})s' for name in _COLUMNS)}, %(now)s)"
)
_END = "UPDATE approval_delegation SET ends_at = %s WHERE id = %s"
_HOLDING = "starts_at <= %(now)s AND ends_at > %(now)s AND (cardinality(kinds) = 0 OR %(kind)s = ANY (kinds))"
_DELEGATES = f"""
SELECT from_id, to_id FROM approval_delegation WHERE from_id = ANY(%(people)s::uuid[]) AND {_HOLDING}
ORDER BY created_at, id
"""
_REPRESENTED = f"SELECT DISTINCT from_id FROM approval_delegation WHERE to_id = %(me)s AND {_HOLDING}"
_NOTE = """
INSERT INTO approval_recheck (employee_id, noted_at) VALUES (%s, %s)
ON CONFLICT (employee_id) DO UPDATE SET noted_at = excluded.noted_at
"""
_NOTED = "SELECT employee_id, noted_at FROM approval_recheck ORDER BY noted_at, employee_id LIMIT %s"
_DONE = "DELETE FROM approval_recheck WHERE employee_id = %s AND noted_at = %s"


def locked(connection: sa.Connection, delegation_id: UUID) -> Delegation | None:
    """The delegation, locked."""
    row = connection.exec_driver_sql(_LOCKED, (delegation_id,)).mappings().one_or_none()
    return None if row is None else Delegation(**dict(row) | {"kinds": tuple(row["kinds"])})


def insert(connection: sa.Connection, made: Delegation, now: datetime) -> None:
    """Keep a new delegation."""
    connection.exec_driver_sql(_INSERT, asdict(made) | {"kinds": list(made.kinds), "now": now})


def end(connection: sa.Connection, ended: Delegation) -> None:
    """Keep that a delegation ended."""
    connection.exec_driver_sql(_END, (ended.ends_at, ended.id))


def delegates(store: Store, people: Collection[UUID], kind: str, now: datetime) -> dict[UUID, tuple[UUID, ...]]:
    """Who represents each of these people now for a kind, in the order in which they were named."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for of, to in store.rows(_DELEGATES, {"people": list(people), "kind": kind, "now": now}):
        found[of].append(to)
    return {of: tuple(to) for of, to in found.items()}


def delegates_of(connection: sa.Connection, people: Collection[UUID], kind: str, now: datetime) -> set[UUID]:
    """Everybody who represents one of these people now for a kind."""
    rows = connection.exec_driver_sql(_DELEGATES, {"people": list(people), "kind": kind, "now": now})
    return {row[1] for row in rows}


def represented(connection: sa.Connection, me: UUID, kind: str, now: datetime) -> frozenset[UUID]:
    """Whom somebody represents now for a kind."""
    rows = connection.exec_driver_sql(_REPRESENTED, {"me": me, "kind": kind, "now": now})
    return frozenset(rows.scalars())


def note_recheck(connection: sa.Connection, employee_id: UUID, now: datetime) -> None:
    """Keep that somebody's waiting tasks are to be looked at."""
    connection.exec_driver_sql(_NOTE, (employee_id, now))


def rechecks(store: Store, most: int) -> list[tuple[UUID, datetime]]:
    """Whose waiting tasks are to be looked at, and since when."""
    return [(row[0], row[1]) for row in store.rows(_NOTED, (most,))]


def rechecked(connection: sa.Connection, employee_id: UUID, noted_at: datetime) -> None:
    """Somebody's waiting tasks were looked at, unless he moved again meanwhile."""
    connection.exec_driver_sql(_DONE, (employee_id, noted_at))
