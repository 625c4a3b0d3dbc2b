"""Who works here, as this service knows it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa


def name_of(connection: sa.Connection, employee_id: UUID) -> str:
    """Somebody's name as this service knows it."""
    found = connection.exec_driver_sql("SELECT name FROM employee_ref WHERE id = %s", (employee_id,)).scalar()
    return str(found or "")


def active(connection: sa.Connection, employee_ids: Sequence[UUID]) -> set[UUID]:
    """Who of these has an account that is not disabled, as this service knows it."""
    text = "SELECT id FROM employee_ref WHERE active AND id = ANY(%s::uuid[])"
    return set(connection.exec_driver_sql(text, (list(employee_ids),)).scalars())


def leads(connection: sa.Connection, superior: UUID, employee_id: UUID) -> bool:
    """Whether ``superior`` stands above the employee."""
    text = "SELECT EXISTS (SELECT FROM employee_ref WHERE id = %s AND line @> ARRAY[%s::uuid])"
    return bool(connection.exec_driver_sql(text, (employee_id, superior)).scalar_one())
