"""Positions as rows, with their default roles."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import insertion, statement, update
from crm_common.text_order import pinyin_key
from identity.domain.employee import Seat
from identity.domain.names import folded
from identity.domain.position import Place, Position
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
_PLAIN = [each.name for each in fields(Position) if each.name != "role_ids"]
_THIS = position.c.id == sa.bindparam("id")
_IN_DEPARTMENT = position.c.department_id == sa.bindparam("department_id")
_LOCK = statement(sa.select(position.c.id).where(_THIS).with_for_update())
_GET = statement(sa.select(*_COLUMNS).where(_THIS))
_OF_DEPARTMENT = statement(sa.select(*_COLUMNS).where(_IN_DEPARTMENT).order_by(position.c.rank, position.c.id))
_LOCK_DEPARTMENT = statement(
    sa.select(department.c.id).where(department.c.id == sa.bindparam("department_id")).with_for_update()
)
_PLACE = statement(
    sa.select(
        sa.func.coalesce(sa.func.max(position.c.rank) + 1, 0),
        sa.func.coalesce(sa.func.bool_or(position.c.name_fold == sa.bindparam("name_fold")), sa.false()),
    ).where(_IN_DEPARTMENT)
)
_INSERT = insertion(position)
_SAVE = update(position, "created_at")
_ADD_ROLE = insertion(position_role)
_DROP_ROLES = statement(sa.delete(position_role).where(position_role.c.position_id == sa.bindparam("id")))


def get(connection: sa.Connection, position_id: UUID) -> Position | None:
    """The position, locked."""
    # two statements, sent together: roles are read after the lock was granted, not before
    _LOCK.run(connection, id=position_id)
    found = _GET.first(connection, id=position_id)
    return None if found is None else _position(found)


def of_department(connection: sa.Connection, department_id: UUID | None) -> list[Position]:
    """A department's positions in their order."""
    return [_position(row) for row in _OF_DEPARTMENT.rows(connection, department_id=department_id)]


def place(connection: sa.Connection, department_id: UUID, name: str) -> Place | None:
    """What the department has for one more position of a name; locked is the department, so that two do not meet.

    None where there is no such department.
    """
    # two statements, sent together: what another transaction adds is seen after the lock was granted, not before
    there = _LOCK_DEPARTMENT.ask(connection, department_id=department_id)
    [(rank, taken)] = _PLACE.rows(connection, department_id=department_id, name_fold=folded(name))
    return Place(rank, taken) if there.rows() else None


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
    _INSERT.run(connection, **_row(added), created_at=now, updated_at=now)
    _write_roles(connection, added)


def save(connection: sa.Connection, changed: Position, now: datetime) -> None:
    """Write a position and its default roles."""
    _SAVE.run(connection, **_row(changed), updated_at=now)
    _DROP_ROLES.run(connection, id=changed.id)
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
    for role_id in sorted(of.role_ids):
        _ADD_ROLE.run(connection, position_id=of.id, role_id=role_id)


def _row(of: Position) -> dict[str, Any]:
    plain = {name: getattr(of, name) for name in _PLAIN}
    return plain | {"name_fold": folded(of.name), "name_key": pinyin_key(of.name)}


def _position(row: Any) -> Position:
    return Position(**row._asdict() | {"role_ids": frozenset(row.role_ids)})
