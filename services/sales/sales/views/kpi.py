"""Schemes and assessments as they are shown."""

from __future__ import annotations

from crm_common.protocol.sales.kpi import (
    KpiEvaluationView,
    KpiFigureView,
    KpiGradeView,
    KpiResultView,
    KpiSchemeView,
)
from crm_common.protocol.sales.performance import TEAM
from crm_common.reading import bind, many
from sales.tables.kpi import kpi_evaluation, kpi_figure, kpi_grade, kpi_result, kpi_scheme
from sales.views.scopes import OwnOrTeam

KPI_BINDINGS = (
    bind(KpiFigureView, kpi_figure, default_order=[kpi_figure.c.place]),
    bind(KpiGradeView, kpi_grade, default_order=[kpi_grade.c.from_score.desc()]),
    bind(KpiResultView, kpi_result, default_order=[kpi_result.c.place]),
    bind(
        KpiSchemeView,
        kpi_scheme,
        children={
            "figures": many(kpi_figure.c.scheme_id, part=True),
            "grades": many(kpi_grade.c.scheme_id, part=True),
        },
        default_order=[kpi_scheme.c.name],
    ),
    bind(
        KpiEvaluationView,
        kpi_evaluation,
        fields={"employee_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.employee_id"},
        children={"results": many(kpi_result.c.evaluation_id, part=True)},
        scope=OwnOrTeam("performance", TEAM, owner=kpi_evaluation.c.employee_id),
        default_order=[kpi_evaluation.c.begins_on.desc(), kpi_evaluation.c.score.desc()],
    ),
)
