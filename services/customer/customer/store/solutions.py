"""Solution plans as rows, under their customer's lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.customer.solutions import Comparison, SolutionStatus
from customer.domain.solution import COLUMNS, SolutionPlan

_GET = f"SELECT {', '.join(COLUMNS)}, version FROM solution_plan WHERE id = %s"
_COMPARED = "SELECT competitor, ours, theirs FROM solution_comparison WHERE plan_id = %s ORDER BY place"
_INSERT = f"""
INSERT INTO solution_plan ({", ".join(COLUMNS)}, status_at, created_by, created_at, updated_at, version)
VALUES ({", ".join(f"%({name})s" for name in COLUMNS)}, %(now)s, %(by)s, %(now)s, %(now)s, 1)
"""
_SAVE = f"""
UPDATE solution_plan SET {", ".join(f"{name} = %({name})s" for name in COLUMNS if name not in ("id", "customer_id"))},
    status_at = CASE WHEN status = %(status)s THEN status_at ELSE %(now)s END, updated_at = %(now)s,
    version = version + 1
WHERE id = %(id)s
"""
_COMPARE = """
WITH gone AS (DELETE FROM solution_comparison WHERE plan_id = %(id)s AND place >= cardinality(%(competitors)s::text[]))
INSERT INTO solution_comparison (plan_id, place, competitor, ours, theirs)
SELECT %(id)s, place - 1, competitor, ours, theirs
FROM unnest(%(competitors)s::text[], %(ours)s::text[], %(theirs)s::text[])
    WITH ORDINALITY AS given (competitor, ours, theirs, place)
ON CONFLICT (plan_id, place) DO UPDATE
    SET competitor = EXCLUDED.competitor, ours = EXCLUDED.ours, theirs = EXCLUDED.theirs
"""


def customer_of(connection: sa.Connection, plan_id: UUID) -> UUID | None:
    """The customer of a plan."""
    found = connection.exec_driver_sql("SELECT customer_id FROM solution_plan WHERE id = %s", (plan_id,))
    return found.scalar_one_or_none()


def get(connection: sa.Connection, plan_id: UUID) -> SolutionPlan:
    """The plan."""
    row = connection.exec_driver_sql(_GET, (plan_id,)).mappings().one()
    compared = tuple(Comparison(**each) for each in connection.exec_driver_sql(_COMPARED, (plan_id,)).mappings())
    return SolutionPlan(**dict(row) | {"status": SolutionStatus(row["status"]), "comparisons": compared})


def insert(connection: sa.Connection, plan: SolutionPlan, *, by: UUID, now: datetime) -> None:
    """Add a plan."""
    connection.exec_driver_sql(_INSERT, _values(plan) | {"by": by, "now": now})
    _compare(connection, plan)


def save(connection: sa.Connection, plan: SolutionPlan, now: datetime) -> None:
    """Write a plan."""
    connection.exec_driver_sql(_SAVE, _values(plan) | {"now": now})
    _compare(connection, plan)


def _values(plan: SolutionPlan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in COLUMNS} | {"status": plan.status.value}


def _compare(connection: sa.Connection, plan: SolutionPlan) -> None:
    columns: dict[str, Any] = {
        "competitors": [each.competitor for each in plan.comparisons],
        "ours": [each.ours for each in plan.comparisons],
        "theirs": [each.theirs for each in plan.comparisons],
    }
    connection.exec_driver_sql(_COMPARE, columns | {"id": plan.id})
