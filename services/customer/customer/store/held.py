"""The customer's row under its lock: what every change of a customer, or of what belongs to it, begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from uuid import UUID

import sqlalchemy as sa

from crm_common.columns import Ids
from crm_common.protocol.customer.service import Holding
from crm_common.statements import statement
from customer.domain.customer import Held
from customer.tables import customer

_IDS = sa.bindparam("ids", type_=Ids)
_HELD = sa.select(*(customer.c[each.name] for each in fields(Held))).with_for_update()
_LOCKED = statement(_HELD.where(customer.c.id == sa.any_(_IDS)).order_by(customer.c.id))
# the most frequent by far: PostgreSQL would make a plan for every list anew, of one it has one for all
_LOCKED_ONE = statement(_HELD.where(customer.c.id == sa.bindparam("id")))
# the scope by owner as the views have it, for one owner: features §2
_IN_REACH = """
SELECT EXISTS (SELECT FROM employee_ref p WHERE p.id = %(owner)s AND (
    (%(scope)s = 'TEAM' AND %(me)s = ANY (p.line))
    OR (%(scope)s = 'DEPT' AND p.department_id = %(department)s)
    OR (%(scope)s = 'DEPT_TREE' AND p.department_path LIKE '%%/' || %(department)s::text || '/%%')))
"""


def locked(connection: sa.Connection, customer_ids: Sequence[UUID]) -> list[Held]:
    """The customers that exist among these, locked until the commit in the order of their ids."""
    if len(customer_ids) == 1:
        rows = _LOCKED_ONE.rows(connection, id=customer_ids[0])
    else:
        rows = _LOCKED.rows(connection, ids=list(customer_ids))
    return [Held(**row._asdict() | {"holding": Holding(row.holding)}) for row in rows]


def in_reach(connection: sa.Connection, *, owner: UUID, scope: str, me: UUID, department: UUID | None) -> bool:
    """Whether the records of ``owner`` are in the data scope ``scope`` of the employee ``me``."""
    if scope == "ALL" or owner == me:
        return True
    values = {"owner": owner, "scope": scope, "me": me, "department": department}
    return bool(connection.exec_driver_sql(_IN_REACH, values).scalar_one())


def active(connection: sa.Connection, employee_ids: Sequence[UUID]) -> set[UUID]:
    """Who of these has an account that is not disabled, as this service knows it."""
    found = connection.exec_driver_sql(
        "SELECT id FROM employee_ref WHERE active AND id = ANY(%s::uuid[])", (list(employee_ids),)
    )
    return set(found.scalars())
