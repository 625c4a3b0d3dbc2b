"""Reports, logs and scores of work; `work_quality…` are views of the database."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Moment, Sorted, history, identifier, needed
from office.tables.metadata import metadata

work_report = sa.Table(
    "work_report",
    metadata,
    identifier(),
    needed("author_id", Id),
    needed("period", Sorted),
    needed("begins_on", sa.Date),
    needed("done", Sorted),
    needed("plan", Sorted),
    needed("problems", Sorted),
    needed("submitted_at", Moment),
    needed("updated_at", Moment),
    needed("version", sa.Integer),
)

work_log = sa.Table(
    "work_log",
    metadata,
    identifier(),
    needed("author_id", Id),
    needed("day", sa.Date),
    needed("body", Sorted),
    *history(),
)

quality_score = sa.Table(
    "quality_score",
    metadata,
    identifier(),
    needed("subject", Sorted),
    needed("employee_id", Id),
    needed("scorer_id", Id),
    needed("score", sa.Integer),
    needed("remark", Sorted),
    needed("scored_at", Moment),
    needed("scored_on", sa.Date),
)

work_quality = sa.Table(
    "work_quality",
    metadata,
    identifier(),
    needed("employee_id", Id),
    needed("mean", sa.Numeric),
    needed("scores", sa.Integer),
)

work_quality_month = sa.Table(
    "work_quality_month",
    metadata,
    identifier(),
    needed("employee_id", Id),
    needed("month", sa.Date),
    needed("mean", sa.Numeric),
    needed("scores", sa.Integer),
)
