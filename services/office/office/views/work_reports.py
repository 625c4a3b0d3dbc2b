"""Reports, logs and scores as they are shown: to whose work it is, and to his superiors."""

from __future__ import annotations

from datetime import date

from crm_common.projections.employees import employee_ref
from crm_common.protocol.office.quality import QualityScoreView, WorkQualityMonthView, WorkQualityView
from crm_common.protocol.office.work_logs import WorkLogView
from crm_common.protocol.office.work_reports import MissingWorkReportView, ReportPeriod, WorkReportView
from crm_common.reading import Where, bind, many
from office.tables import quality_score, work_log, work_quality, work_quality_month, work_report

_NAME = "SELECT e.name FROM employee_ref e WHERE e.id = {{t}}.{}"


def _mine(column: str) -> str:
    below = f"EXISTS (SELECT FROM employee_ref p WHERE p.id = {{t}}.{column} AND p.line @> ARRAY[{{me}}])"
    return f"{{t}}.{column} = {{me}} OR {below}"


WORK_REPORTS = bind(
    WorkReportView,
    work_report,
    fields={"author_name": _NAME.format("author_id")},
    where=_mine("author_id"),
    default_order=[work_report.c.begins_on.desc(), work_report.c.submitted_at.desc()],
)
WORK_LOGS = bind(
    WorkLogView,
    work_log,
    fields={"author_name": _NAME.format("author_id")},
    where=_mine("author_id"),
    default_order=[work_log.c.day.desc(), work_log.c.created_at.desc()],
)
MISSING_WORK_REPORTS = bind(
    MissingWorkReportView,
    employee_ref,
    fields={"employee_id": employee_ref.c.id, "employee_name": employee_ref.c.name},
    where="{t}.active AND {t}.line @> ARRAY[{me}]",
    default_order=[employee_ref.c.name],
)
QUALITY_SCORES = bind(
    QualityScoreView,
    quality_score,
    fields={"scorer_name": _NAME.format("scorer_id")},
    where=_mine("employee_id"),
    default_order=[quality_score.c.scored_at.desc()],
)
WORK_QUALITY_MONTHS = bind(WorkQualityMonthView, work_quality_month, default_order=[work_quality_month.c.month.desc()])
WORK_QUALITY = bind(
    WorkQualityView,
    work_quality,
    fields={"employee_name": _NAME.format("employee_id")},
    children={"months": many(work_quality_month.c.employee_id, order=[work_quality_month.c.month.desc()])},
    where=_mine("employee_id"),
    default_order=[work_quality.c.mean.desc()],
)


def not_reported(period: ReportPeriod, begins_on: date) -> Where:
    """Who has not reported the period."""
    report = (
        "SELECT FROM work_report r WHERE r.author_id = {t}.id AND r.period = {period} AND r.begins_on = {begins_on}"
    )
    return Where(f"NOT EXISTS ({report})", period=period.value, begins_on=begins_on)
