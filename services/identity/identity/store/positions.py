"""Positions as rows, with their default roles."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.text_order import pinyin_key
from identity.domain.employee import Seat
from identity.domain.names import folded
from identity.domain.position import Position
from identity.tables import department, employee, position, position_role

_ROLES = (
    sa.select(sa.func.coalesce(sa.func.array_agg(position_role.c.role_id), sa.text("'{}'")))
    .where(position_role.c.position_id == position.c.id)
    .scalar_subquery()
)
_COLUMNS = (
    position.c.id,
    position.c.name,
    position.c.description,
    position.c.department_id,
    position.c.rank,
    position.c.version,
    _ROLES.label("role_ids"),
)


def get(connection: sa.Connection, position_id: UUID) -> Position | None:
    """The position, locked."""
    # two statements: roles are read after the lock was granted, not before
    connection.execute(sa.select(position.c.id).where(position.c.id == position_id).with_for_update())
    found = connection.execute(sa.select(*_COLUMNS).where(position.c.id == position_id)).one_or_none()
    return None if found is None else _position(found)


def of_department(connection: sa.Connection, department_id: UUID | None) -> list[Position]:
    """A department's positions in their order."""
    found = connection.execute(
        sa.select(*_COLUMNS).where(position.c.department_id == department_id).order_by(position.c.rank, position.c.id)
    )
    return [_position(row) for row in found]


def with_role(connection: sa.Connection, role_id: UUID) -> list[Position]:
    """The positions that carry a role, locked."""
    carrying = sa.select(position_role.c.position_id).where(position_role.c.role_id == role_id)
    ids = connection.scalars(
        sa.select(position.c.id).where(position.c.id.in_(carrying)).order_by(position.c.id).with_for_update()
    ).all()
    return [_position(row) for row in connection.execute(sa.select(*_COLUMNS).where(position.c.id.in_(ids)))]


def seat(connection: sa.Connection, position_id: UUID | None) -> Seat | None:
    """The position with the department around it; needs `guards.place`, so that it stays as it is.

    Its default roles stay too, until the commit.
    """
    found = connection.execute(
        sa.select(
            position.c.id.label("position_id"),
            department.c.id.label("department_id"),
            department.c.name.label("department_name"),
            department.c.path.label("department_path"),
            department.c.heads,
        )
        .join(department, department.c.id == position.c.department_id)
        .where(position.c.id == position_id)
        .with_for_update(read=True, of=position)
    ).one_or_none()
    return None if found is None else Seat(**dict(found._mapping) | {"heads": tuple(found.heads)})


def insert(connection: sa.Connection, added: Position, now: datetime) -> None:
    """Add a position with its default roles."""
    connection.execute(sa.insert(position).values(_row(added) | {"created_at": now, "updated_at": now}))
    _write_roles(connection, added)


def save(connection: sa.Connection, changed: Position, now: datetime) -> None:
    """Write a position and its default roles."""
    connection.execute(
        sa.update(position).where(position.c.id == changed.id).values(_row(changed) | {"updated_at": now})
    )
    connection.execute(sa.delete(position_role).where(position_role.c.position_id == changed.id))
    _write_roles(connection, changed)


def delete(connection: sa.Connection, position_id: UUID) -> None:
    """Remove a position that nobody holds; whoever still does refuses."""
    connection.execute(sa.delete(position).where(position.c.id == position_id))


def holders(connection: sa.Connection, position_id: UUID) -> list[UUID]:
    """Everybody who holds it, also those whose accounts are disabled."""
    held = sa.select(employee.c.id).where(employee.c.position_id == position_id).order_by(employee.c.id)
    return list(connection.scalars(held))


def roles_of(connection: sa.Connection, position_id: UUID) -> frozenset[UUID]:
    """The default roles of a position."""
    carried = sa.select(position_role.c.role_id).where(position_role.c.position_id == position_id)
    return frozenset(connection.scalars(carried))


def _write_roles(connection: sa.Connection, of: Position) -> None:
    rows = [{"position_id": of.id, "role_id": role_id} for role_id in sorted(of.role_ids)]
    if rows:
        connection.execute(sa.insert(position_role), rows)


def _row(of: Position) -> dict[str, Any]:
    row = asdict(of) | {"name_fold": folded(of.name), "name_key": pinyin_key(of.name)}
    del row["role_ids"]
    return row


def _position(row: Any) -> Position:
    return Position(**dict(row._mapping) | {"role_ids": frozenset(row.role_ids)})
