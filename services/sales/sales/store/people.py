"""Whom an actor's data scope reaches, asked of the copy of the employees."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from crm_common.context import Actor, ActorKind
from crm_common.projections.employees import employee_ref
from crm_common.reading import by_owner
from crm_common.reading.scope import Reach


def leads(connection: sa.Connection, superior: UUID, employee_id: UUID) -> bool:
    """Whether one is a superior of the other."""
    text = "SELECT EXISTS (SELECT FROM employee_ref WHERE id = %s AND line @> ARRAY[%s::uuid])"
    return bool(connection.exec_driver_sql(text, (employee_id, superior)).scalar_one())


def reaches(connection: sa.Connection, actor: Actor, section: str, employee_id: UUID) -> bool:
    """Whether the employee is the actor, or in his data scope of the section."""
    if employee_id == actor.id or actor.kind is ActorKind.SYSTEM:
        return True
    people = by_owner(section, owner=employee_ref.c.id, people=employee_ref)
    kind = people.kind(actor)
    if kind is None:
        return True
    condition = people.condition(kind, Reach.PROBE).format(t="p", me="%(me)s::uuid", department="%(department)s::uuid")
    asked = {"employee": employee_id, "me": actor.id, "department": actor.department_id}
    text = f"SELECT EXISTS (SELECT FROM employee_ref p WHERE p.id = %(employee)s AND {condition})"
    return bool(connection.exec_driver_sql(text, asked).scalar_one())
