"""Departments as rows. Where they stand in the tree (path, depth, order, heads) is written by tree.py."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import statement
from crm_common.text_order import pinyin_key
from identity.domain.department import Contents, Department
from identity.domain.names import folded
from identity.tables import department, employee, position

_COLUMNS = [department.c[each.name] for each in fields(Department)]
_GET = statement(sa.select(*_COLUMNS).where(department.c.id == sa.bindparam("id")).with_for_update())


def get(connection: sa.Connection, department_id: UUID) -> Department | None:
    """The department, locked."""
    found = _GET.first(connection, id=department_id)
    return None if found is None else Department(**found._asdict())


def below(connection: sa.Connection, parent_id: UUID | None) -> list[Department]:
    """The departments directly below one (None: the roots), in their order."""
    there = department.c.parent_id.is_not_distinct_from(parent_id)
    return [
        Department(**found._mapping)
        for found in connection.execute(sa.select(*_COLUMNS).where(there).order_by(department.c.rank, department.c.id))
    ]


def insert(connection: sa.Connection, added: Department, now: datetime) -> None:
    """Add a department; its place in the tree is settled afterwards."""
    unsettled = {"depth": 0, "tree_order": "", "heads": []}
    row = asdict(added) | _derived(added) | unsettled | {"created_at": now, "updated_at": now}
    connection.execute(sa.insert(department).values(row))


def save(connection: sa.Connection, changed: Department, now: datetime) -> None:
    """Write a department's own data; the path is left to the tree."""
    row = asdict(changed) | _derived(changed) | {"updated_at": now}
    del row["path"]
    connection.execute(sa.update(department).where(department.c.id == changed.id).values(row))


def delete(connection: sa.Connection, department_id: UUID) -> None:
    """Remove an empty department; what still refers to it refuses."""
    connection.execute(sa.delete(department).where(department.c.id == department_id))


def contents(connection: sa.Connection, department_id: UUID) -> Contents:
    """How much is left in it, counting also employees whose accounts are disabled."""

    def count(column: sa.Column[UUID]) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count()).where(column == department_id).scalar_subquery()

    found = connection.execute(
        sa.select(
            count(department.c.parent_id).label("departments"),
            count(position.c.department_id).label("positions"),
            count(employee.c.department_id).label("employees"),
        )
    ).one()
    return Contents(**found._mapping)


def headed_by(connection: sa.Connection, employee_id: UUID) -> list[Department]:
    """The departments somebody leads, highest first, locked."""
    found = connection.execute(
        sa.select(*_COLUMNS)
        .where(department.c.head_id == employee_id)
        .order_by(department.c.tree_order, department.c.id)
        .with_for_update()
    )
    return [Department(**row._mapping) for row in found]


def _derived(of: Department) -> dict[str, str]:
    return {"name_fold": folded(of.name), "name_key": pinyin_key(of.name)}
