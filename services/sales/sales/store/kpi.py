"""Schemes, what people did in a period, and assessments, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.sales.kpi import CreateKpiScheme, GradeInput, KeyFigure, KeyFigureInput, Proposal
from crm_common.protocol.sales.targets import TargetPeriod
from crm_common.statements import insertion
from sales.domain.kpi import Assessed
from sales.tables.kpi import kpi_figure, kpi_grade, kpi_result, kpi_scheme

_SCHEME, _FIGURE, _GRADE = insertion(kpi_scheme), insertion(kpi_figure), insertion(kpi_grade)
_RESULT = insertion(kpi_result)
_PERSON = """
SELECT e.id, coalesce(p.amount, 0) AS "AMOUNT", coalesce(p.received, 0) AS "RECEIPTS",
    coalesce(a.follow_ups, 0)::numeric AS "FOLLOW_UPS", coalesce(a.calls, 0)::numeric AS "CALLS",
    coalesce(a.visits, 0)::numeric AS "VISITS", coalesce(a.new_customers, 0)::numeric AS "NEW_CUSTOMERS",
    t.amount AS target
FROM employee_ref e
LEFT JOIN (SELECT employee_id, sum(amount) AS amount, sum(received) AS received FROM performance_day
    WHERE day BETWEEN %(first)s AND %(last)s AND currency = %(currency)s GROUP BY employee_id) p ON p.employee_id = e.id
LEFT JOIN (SELECT employee_id, sum(follow_ups) AS follow_ups, sum(calls) AS calls, sum(visits) AS visits,
        sum(new_customers) AS new_customers
    FROM activity_day WHERE day BETWEEN %(first)s AND %(last)s GROUP BY employee_id) a ON a.employee_id = e.id
LEFT JOIN target t ON t.employee_id = e.id AND t.product_id IS NULL AND t.begins_on = %(first)s
    AND t.ends_on = %(last)s AND t.currency = %(currency)s
WHERE num_nonnulls(p.employee_id, a.employee_id, t.id) > 0
    AND (%(below)s::text IS NULL OR position(%(below)s in e.department_path) > 0)
ORDER BY e.id
"""
_EVALUATION = """
INSERT INTO kpi_evaluation AS k (id, scheme_id, employee_id, begins_on, ends_on, score, grade, bonus, currency,
    proposal, evaluated_at)
VALUES (%(id)s, %(scheme)s, %(employee)s, %(first)s, %(last)s, %(score)s, %(grade)s, %(bonus)s, %(currency)s,
    %(proposal)s, %(now)s)
ON CONFLICT (scheme_id, employee_id, begins_on) DO UPDATE SET score = EXCLUDED.score, grade = EXCLUDED.grade,
    bonus = EXCLUDED.bonus, proposal = EXCLUDED.proposal, evaluated_at = EXCLUDED.evaluated_at
RETURNING k.id
"""
_ACTIVE = """
INSERT INTO activity_day AS a (employee_id, day, follow_ups, calls, visits, new_customers)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (employee_id, day) DO UPDATE SET follow_ups = a.follow_ups + EXCLUDED.follow_ups,
    calls = a.calls + EXCLUDED.calls, visits = a.visits + EXCLUDED.visits,
    new_customers = a.new_customers + EXCLUDED.new_customers
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A scheme with what it measures."""

    id: UUID
    period: TargetPeriod
    department_id: UUID | None
    figures: tuple[KeyFigureInput, ...]
    grades: tuple[GradeInput, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What somebody did in a period, and his target for it."""

    employee_id: UUID
    values: dict[KeyFigure, Decimal]
    target: Decimal | None


def is_named(connection: sa.Connection, name: str) -> bool:
    """Whether a scheme has the name."""
    text = "SELECT EXISTS (SELECT FROM kpi_scheme WHERE name = %s)"
    return bool(connection.exec_driver_sql(text, (name,)).scalar_one())


def insert(connection: sa.Connection, scheme_id: UUID, command: CreateKpiScheme, ids: Any, now: datetime) -> None:
    """Keep a scheme; ``ids`` makes those of its rows."""
    about = {"name": command.name.strip(), "period": command.period.value, "department_id": command.department_id}
    _SCHEME.run(connection, id=scheme_id, created_at=now, **about)
    for place, figure in enumerate(command.figures):
        _FIGURE.run(connection, id=ids(), scheme_id=scheme_id, place=place, **asdict(figure))
    for grade in command.grades:
        _GRADE.run(connection, id=ids(), scheme_id=scheme_id, **asdict(grade))


def scheme(connection: sa.Connection, scheme_id: UUID) -> Scheme | None:
    """The scheme, locked: it assesses once at a time."""
    text = "SELECT id, period, department_id FROM kpi_scheme WHERE id = %s FOR UPDATE"
    row = connection.exec_driver_sql(text, (scheme_id,)).one_or_none()
    if row is None:
        return None
    figures = "SELECT figure, weight, goal FROM kpi_figure WHERE scheme_id = %s ORDER BY place"
    grades = "SELECT from_score, grade, bonus_percent, bonus_amount, proposal FROM kpi_grade WHERE scheme_id = %s"
    return Scheme(
        id=row.id,
        period=TargetPeriod(row.period),
        department_id=row.department_id,
        figures=tuple(
            KeyFigureInput(**each._asdict() | {"figure": KeyFigure(each.figure)})
            for each in connection.exec_driver_sql(figures, (scheme_id,))
        ),
        grades=tuple(
            GradeInput(**each._asdict() | {"proposal": Proposal(each.proposal)})
            for each in connection.exec_driver_sql(grades, (scheme_id,))
        ),
    )


def done(connection: sa.Connection, of: Scheme, days: tuple[date, date], currency: str) -> list[Done]:
    """What everybody did who had a target or did anything."""
    below = None if of.department_id is None else f"/{of.department_id}/"
    asked = {"first": days[0], "last": days[1], "currency": currency, "below": below}
    rows = connection.exec_driver_sql(_PERSON, asked).mappings()
    return [
        Done(employee_id=row["id"], values={each: row[each.value] for each in KeyFigure}, target=row["target"])
        for row in rows
    ]


def keep(connection: sa.Connection, values: dict[str, Any], found: Assessed, ids: Any) -> UUID:
    """Keep an assessment in the place of an earlier one; its id."""
    about = {"score": found.score, "grade": found.grade, "bonus": found.bonus, "proposal": found.proposal.value}
    kept = UUID(str(connection.exec_driver_sql(_EVALUATION, values | about | {"id": ids()}).scalar_one()))
    connection.exec_driver_sql("DELETE FROM kpi_result WHERE evaluation_id = %s", (kept,))
    for place, each in enumerate(found.results):
        _RESULT.run(connection, id=ids(), evaluation_id=kept, place=place, **asdict(each))
    return kept


def active(connection: sa.Connection, employee_id: UUID, day: date, counts: Sequence[int]) -> None:
    """Somebody spoke to a customer (follow-ups, calls, visits) or won a new one: so many more that day."""
    connection.exec_driver_sql(_ACTIVE, (employee_id, day, *counts))
