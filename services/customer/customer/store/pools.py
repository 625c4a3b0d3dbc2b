"""Pools as rows."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from customer.domain.names import folded
from customer.domain.pools import Pool
from customer.tables import pool

_COLUMNS = [pool.c[each.name] for each in fields(Pool)]
_HELD = "SELECT id FROM customer WHERE pool_id = %s AND holding IN ('POOL', 'TRASH') ORDER BY id FOR UPDATE"
_LISTS = ("member_ids", "admin_ids", "source_department_ids", "regions")


def locked(connection: sa.Connection, pool_id: UUID) -> Pool | None:
    """The pool, locked until the commit."""
    row = connection.execute(sa.select(*_COLUMNS).where(pool.c.id == pool_id).with_for_update()).one_or_none()
    return None if row is None else Pool(**dict(row._mapping) | {name: tuple(row._mapping[name]) for name in _LISTS})


def insert(connection: sa.Connection, added: Pool, now: datetime) -> bool:
    """Add a pool; False when another one has its name."""
    row = _row(added) | {"created_at": now, "updated_at": now}
    return _named(connection, added) and bool(connection.execute(sa.insert(pool).values(row)).rowcount)


def save(connection: sa.Connection, changed: Pool, now: datetime) -> bool:
    """Write a pool; False when another one has its name."""
    if not _named(connection, changed):
        return False
    row = _row(changed) | {"updated_at": now, "version": changed.version + 1}
    connection.execute(sa.update(pool).where(pool.c.id == changed.id).values(row))
    return True


def held(connection: sa.Connection, pool_id: UUID) -> list[UUID]:
    """The customers in a pool, and those in the trash that were in it, locked in the order of their ids."""
    return list(connection.exec_driver_sql(_HELD, (pool_id,)).scalars())


def _named(connection: sa.Connection, wanted: Pool) -> bool:
    same = sa.select(pool.c.id).where(pool.c.name_fold == folded(wanted.name), pool.c.id != wanted.id)
    return connection.execute(same).first() is None


def _row(of: Pool) -> dict[str, Any]:
    return asdict(of) | {name: list(getattr(of, name)) for name in _LISTS} | {"name_fold": folded(of.name)}
