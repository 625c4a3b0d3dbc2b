"""The data scope of a section for one owner: as the views have it, features §2."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from crm_common.context import Actor, ActorKind

_IN_REACH = """
SELECT EXISTS (SELECT FROM employee_ref p WHERE p.id = %(owner)s AND (
    (%(scope)s = 'TEAM' AND %(me)s = ANY (p.line))
    OR (%(scope)s = 'DEPT' AND p.department_id = %(department)s)
    OR (%(scope)s = 'DEPT_TREE' AND p.department_path LIKE '%%/' || %(department)s::text || '/%%')))
"""


def in_reach(connection: sa.Connection, actor: Actor, section: str, owner: UUID) -> bool:
    """Whether the records of ``owner`` are in the actor's data scope of the section."""
    scope = actor.scope(section)
    if actor.kind is ActorKind.SYSTEM or scope == "ALL" or owner == actor.id:
        return True
    values = {"owner": owner, "scope": scope, "me": actor.id, "department": actor.department_id}
    return bool(connection.exec_driver_sql(_IN_REACH, values).scalar_one())


def is_active(connection: sa.Connection, employee_id: UUID) -> bool:
    """Whether the employee has an account that is not disabled, as this service knows it."""
    found = connection.exec_driver_sql("SELECT active FROM employee_ref WHERE id = %s", (employee_id,))
    return bool(found.scalar_one_or_none())
