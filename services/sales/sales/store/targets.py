"""Targets as rows."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.sales.targets import TargetPeriod
from crm_common.statements import insertion, statement, update, written
from sales.domain.target import Target
from sales.tables.targets import target

_COLUMNS = [target.c[each.name] for each in fields(Target)]
_GET = statement(sa.select(*_COLUMNS).where(target.c.id == sa.bindparam("id")).with_for_update())
_PART = statement(sa.select(*_COLUMNS).where(target.c.parent_id == sa.bindparam("id")).order_by(target.c.id).limit(1))
_INSERT, _SAVE = insertion(target), update(target, "created_at")
_DELETE = written("DELETE FROM target WHERE id = %(id)s::uuid")
_SAME = """
SELECT EXISTS (SELECT FROM target WHERE begins_on = %(begins_on)s AND period = %(period)s AND currency = %(currency)s
    AND department_id IS NOT DISTINCT FROM %(department_id)s AND employee_id IS NOT DISTINCT FROM %(employee_id)s
    AND product_id IS NOT DISTINCT FROM %(product_id)s)
"""
_INSIDE = "SELECT EXISTS (SELECT FROM employee_ref WHERE {whose} AND position(%(above)s in department_path) > 0)"


def get(connection: sa.Connection, target_id: UUID) -> Target | None:
    """The target, locked: nobody changes its parts meanwhile."""
    return _target(_GET.first(connection, id=target_id))


def first_part(connection: sa.Connection, target_id: UUID) -> Target | None:
    """One of its parts: all split it in the same way."""
    return _target(_PART.first(connection, id=target_id))


def is_there(connection: sa.Connection, made: Target) -> bool:
    """Whether there is a target for the same."""
    return bool(connection.exec_driver_sql(_SAME, asdict(made) | {"period": made.period.value}).scalar_one())


def is_inside(connection: sa.Connection, department_id: UUID, *, person: UUID | None, below: UUID | None) -> bool:
    """Whether the person, or the department ``below``, is in the tree of the department."""
    whose = "id = %(person)s" if person is not None else "department_id = %(below)s"
    asked = {"person": person, "below": below, "above": f"/{department_id}/"}
    return bool(connection.exec_driver_sql(_INSIDE.format(whose=whose), asked).scalar_one())


def any_there(connection: sa.Connection) -> bool:
    """Whether there is any target."""
    return bool(connection.exec_driver_sql("SELECT EXISTS (SELECT FROM target)").scalar_one())


def insert(connection: sa.Connection, made: Target, now: datetime) -> None:
    """Keep a new target."""
    _INSERT.run(connection, **asdict(made), created_at=now, updated_at=now)


def save(connection: sa.Connection, changed: Target, now: datetime) -> None:
    """Keep what changed of a target."""
    _SAVE.run(connection, **asdict(changed), updated_at=now)


def delete(connection: sa.Connection, target_id: UUID) -> None:
    """Remove a target."""
    _DELETE.run(connection, id=target_id)


def _target(row: Any) -> Target | None:
    return None if row is None else Target(**row._asdict() | {"period": TargetPeriod(row.period)})
