"""Stage, class and flag of a customer, whose row is locked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.customer.service import Stage

_STEP = """
WITH noted AS (
    INSERT INTO stage_change (id, customer_id, before, after, changed_at, changed_by, reason)
    VALUES (%(step)s, %(id)s, %(before)s, %(after)s, %(now)s, %(by)s, %(reason)s)
)
UPDATE customer SET stage = %(after)s, updated_at = %(now)s, version = version + 1 WHERE id = %(id)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where a customer stands."""

    stage: Stage
    customer_class: str | None
    hot: bool


def of(connection: sa.Connection, customer_id: UUID) -> Course:
    """Where the customer stands now."""
    statement = "SELECT stage, customer_class, hot FROM customer WHERE id = %s"
    row = connection.exec_driver_sql(statement, (customer_id,)).one()
    return Course(stage=Stage(row.stage), customer_class=row.customer_class, hot=row.hot)


def step(
    connection: sa.Connection,
    step_id: UUID,
    customer_id: UUID,
    before: Stage,
    after: Stage,
    *,
    by: UUID | None,
    reason: str | None,
    now: datetime,
) -> None:
    """Write another stage, and the step to it."""
    values = {"step": step_id, "id": customer_id, "before": before, "after": after, "by": by, "reason": reason}
    connection.exec_driver_sql(_STEP, values | {"now": now})


def set_class(connection: sa.Connection, customer_id: UUID, value: str | None, now: datetime) -> None:
    """Write another class."""
    statement = "UPDATE customer SET customer_class = %s, updated_at = %s, version = version + 1 WHERE id = %s"
    connection.exec_driver_sql(statement, (value, now, customer_id))


def set_hot(connection: sa.Connection, customer_id: UUID, value: bool) -> None:
    """Flag it or not; what others are editing meanwhile is not disturbed."""
    connection.exec_driver_sql("UPDATE customer SET hot = %s WHERE id = %s", (value, customer_id))
