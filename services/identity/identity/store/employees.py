"""Employees as rows, with where they stand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.text_order import pinyin_key
from identity.domain.employee import Employee
from identity.domain.line import Place
from identity.domain.names import folded
from identity.tables import department, employee, employee_role

_COLUMNS = [employee.c[each.name] for each in fields(Employee)]
_PLACE = [employee.c.department_path, employee.c.line]


def get(connection: sa.Connection, employee_id: UUID) -> tuple[Employee, Place] | None:
    """The employee and where he stands, locked."""
    found = connection.execute(
        sa.select(*_COLUMNS, *_PLACE).where(employee.c.id == employee_id).with_for_update()
    ).one_or_none()
    if found is None:
        return None
    values = dict(found._mapping)
    path, line = values.pop("department_path"), values.pop("line")
    # asked after the lock was granted: a renaming of the department waits for the lock too
    name = connection.scalar(sa.select(department.c.name).where(department.c.id == found.department_id))
    place = Place(department_id=found.department_id, department_name=str(name), department_path=path, line=tuple(line))
    return Employee(**values), place


def count(connection: sa.Connection) -> int:
    """How many employees there are, active or not."""
    return connection.scalar(sa.select(sa.func.count()).select_from(employee)) or 0


def is_active(connection: sa.Connection, employee_id: UUID) -> bool:
    """Whether there is such an employee with an open account; he cannot be disabled before the commit."""
    open_account = sa.select(employee.c.active).where(employee.c.id == employee_id).with_for_update(read=True)
    return bool(connection.scalar(open_account))


def active_among(connection: sa.Connection, ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of ``ids`` that are employees with open accounts."""
    found = sa.select(employee.c.id).where(employee.c.id.in_(ids), employee.c.active)
    return frozenset(connection.scalars(found))


def login_name_is_taken(connection: sa.Connection, login_name: str, *, by_other_than: UUID) -> bool:
    """Whether somebody else logs in with this name; case and width do not count."""
    same = sa.and_(employee.c.login_key == folded(login_name), employee.c.id != by_other_than)
    return connection.scalar(sa.select(sa.exists().where(same))) is True


def number_is_taken(connection: sa.Connection, number: str, *, by_other_than: UUID) -> bool:
    """Whether somebody else has this number in the company."""
    same = sa.and_(employee.c.number == number, employee.c.id != by_other_than)
    return connection.scalar(sa.select(sa.exists().where(same))) is True


def insert(connection: sa.Connection, added: Employee, place: Place, now: datetime) -> None:
    """Add an employee."""
    connection.execute(
        sa.insert(employee).values(_row(added) | _stands(place) | {"created_at": now, "updated_at": now})
    )


def save(connection: sa.Connection, changed: Employee, place: Place, now: datetime) -> None:
    """Write an employee and where he stands."""
    row = _row(changed) | _stands(place) | {"updated_at": now}
    connection.execute(sa.update(employee).where(employee.c.id == changed.id).values(row))


def set_disabled_at(connection: sa.Connection, employee_id: UUID, moment: datetime | None) -> None:
    """Note when the account was disabled; None when it is open again."""
    connection.execute(sa.update(employee).where(employee.c.id == employee_id).values(disabled_at=moment))


def roles_in_person(connection: sa.Connection, employee_id: UUID) -> frozenset[UUID]:
    """The roles given to somebody in person."""
    given = sa.select(employee_role.c.role_id).where(employee_role.c.employee_id == employee_id)
    return frozenset(connection.scalars(given))


def set_roles_in_person(
    connection: sa.Connection, employee_id: UUID, before: frozenset[UUID], after: frozenset[UUID]
) -> None:
    """Give and take roles."""
    mine = employee_role.c.employee_id == employee_id
    if before - after:
        connection.execute(sa.delete(employee_role).where(mine, employee_role.c.role_id.in_(before - after)))
    if after - before:
        rows = [{"employee_id": employee_id, "role_id": role_id} for role_id in sorted(after - before)]
        connection.execute(sa.insert(employee_role), rows)


def _row(of: Employee) -> dict[str, Any]:
    return asdict(of) | {"name_key": pinyin_key(of.name, surname=True), "login_key": folded(of.login_name)}


def _stands(place: Place) -> dict[str, Any]:
    return {"department_path": place.department_path, "line": list(place.line)}
