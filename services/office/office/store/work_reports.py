"""Reports, logs and scores as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.office.work_reports import ReportPeriod
from crm_common.statements import insertion, statement, update
from office.domain.work_report import WorkLog, WorkReport
from office.tables import work_log, work_report

_ID: sa.BindParameter[Any] = sa.bindparam("id")
_REPORT = ("id", "author_id", "period", "begins_on", "done", "plan", "problems", "version")
_LOG = ("id", "author_id", "day", "body", "created_at", "version")
_GET_REPORT = statement(
    sa.select(*(work_report.c[n] for n in _REPORT)).where(work_report.c.id == _ID).with_for_update()
)
_GET_LOG = statement(sa.select(*(work_log.c[n] for n in _LOG)).where(work_log.c.id == _ID).with_for_update())
_INSERT_REPORT, _SAVE_REPORT = insertion(work_report), update(work_report, "submitted_at")
_INSERT_LOG, _SAVE_LOG = insertion(work_log), update(work_log)
_REPORTED = "SELECT EXISTS (SELECT FROM work_report WHERE author_id = %s AND period = %s AND begins_on = %s)"
_MISSED = """
INSERT INTO work_report_missed (author_id, period, begins_on)
SELECT p.id, %(period)s, %(begins_on)s FROM employee_ref p
WHERE p.active AND cardinality(p.line) > 0 AND NOT EXISTS (
    SELECT FROM work_report r WHERE r.author_id = p.id AND r.period = %(period)s AND r.begins_on = %(begins_on)s
) ON CONFLICT DO NOTHING RETURNING author_id
"""
_SCORE = """
INSERT INTO quality_score AS known (id, subject, employee_id, scorer_id, score, remark, scored_at, scored_on)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (subject, scorer_id) DO UPDATE SET score = EXCLUDED.score,
    remark = EXCLUDED.remark, scored_at = EXCLUDED.scored_at, scored_on = EXCLUDED.scored_on RETURNING known.id
"""


def report(connection: sa.Connection, report_id: UUID) -> WorkReport | None:
    """The report, locked."""
    found = _GET_REPORT.first(connection, id=report_id)
    return None if found is None else WorkReport(**found._asdict() | {"period": ReportPeriod(found.period)})


def reported(connection: sa.Connection, author_id: UUID, period: ReportPeriod, begins_on: date) -> bool:
    """Whether somebody has reported the period."""
    return bool(connection.exec_driver_sql(_REPORTED, (author_id, period.value, begins_on)).scalar_one())


def insert_report(connection: sa.Connection, made: WorkReport, now: datetime) -> None:
    """Keep a new report."""
    _INSERT_REPORT.run(connection, **asdict(made), submitted_at=now, updated_at=now)


def save_report(connection: sa.Connection, changed: WorkReport, now: datetime) -> None:
    """Keep what changed of a report."""
    _SAVE_REPORT.run(connection, **asdict(changed), updated_at=now)


def missed(connection: sa.Connection, period: ReportPeriod, begins_on: date) -> list[UUID]:
    """Note who has a superior and did not report the period; those of whom that was not noted before."""
    found = connection.exec_driver_sql(_MISSED, {"period": period.value, "begins_on": begins_on})
    return list(found.scalars())


def superiors(connection: sa.Connection, employee_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The nearest superiors of these, each with how many of them are his."""
    text = "SELECT line[1], count(*)::int FROM employee_ref WHERE id = ANY(%s::uuid[]) GROUP BY line[1]"
    return {row[0]: row[1] for row in connection.exec_driver_sql(text, (list(employee_ids),))}


def superior_of(connection: sa.Connection, employee_id: UUID) -> UUID | None:
    """The nearest superior."""
    found = connection.exec_driver_sql("SELECT line[1] FROM employee_ref WHERE id = %s", (employee_id,)).scalar()
    return None if found is None else UUID(str(found))


def log(connection: sa.Connection, log_id: UUID) -> WorkLog | None:
    """The log, locked."""
    found = _GET_LOG.first(connection, id=log_id)
    return None if found is None else WorkLog(**found._asdict())


def insert_log(connection: sa.Connection, made: WorkLog) -> None:
    """Keep a new log."""
    _INSERT_LOG.run(connection, **asdict(made), updated_at=made.created_at)


def save_log(connection: sa.Connection, changed: WorkLog, now: datetime) -> None:
    """Keep what changed of a log."""
    _SAVE_LOG.run(connection, **asdict(changed), updated_at=now)


def score(connection: sa.Connection, values: Sequence[Any]) -> UUID:
    """Keep a score in the place of the same scorer's earlier one; its id."""
    return UUID(str(connection.exec_driver_sql(_SCORE, tuple(values)).scalar_one()))
