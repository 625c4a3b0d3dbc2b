"""Schemes of key figures, and assessments by them."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Amount, Id, Moment, Sorted, identifier, needed
from sales.tables.metadata import metadata

kpi_scheme = sa.Table(
    "kpi_scheme",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("period", Sorted),
    sa.Column("department_id", Id),
    needed("created_at", Moment),
)
kpi_figure = sa.Table(
    "kpi_figure",
    metadata,
    identifier(),
    needed("scheme_id", Id),
    needed("place", sa.Integer),
    needed("figure", Sorted),
    needed("weight", sa.Numeric),
    sa.Column("goal", sa.Numeric),
)
kpi_grade = sa.Table(
    "kpi_grade",
    metadata,
    identifier(),
    needed("scheme_id", Id),
    needed("from_score", sa.Numeric),
    needed("grade", Sorted),
    needed("bonus_percent", sa.Numeric),
    needed("bonus_amount", Amount),
    needed("proposal", Sorted),
)
kpi_evaluation = sa.Table(
    "kpi_evaluation",
    metadata,
    identifier(),
    needed("scheme_id", Id),
    needed("employee_id", Id),
    needed("begins_on", sa.Date),
    needed("ends_on", sa.Date),
    needed("score", sa.Numeric),
    needed("grade", Sorted),
    needed("bonus", Amount),
    needed("currency", Sorted),
    needed("proposal", Sorted),
    needed("evaluated_at", Moment),
)
kpi_result = sa.Table(
    "kpi_result",
    metadata,
    identifier(),
    needed("evaluation_id", Id),
    needed("place", sa.Integer),
    needed("figure", Sorted),
    needed("value", sa.Numeric),
    needed("goal", sa.Numeric),
    needed("percent", sa.Numeric),
)
