"""Leaves, what the company gives of them, and overtime."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Moment, Sorted, identifier, needed
from office.tables.metadata import metadata

leave = sa.Table(
    "leave",
    metadata,
    identifier(),
    needed("employee_id", Id),
    needed("kind", Sorted),
    needed("first_day", sa.Date),
    needed("first_half", Sorted),
    needed("last_day", sa.Date),
    needed("last_half", Sorted),
    needed("begins", sa.Integer),
    needed("ends", sa.Integer),
    needed("days", sa.Numeric),
    needed("state", Sorted),
    needed("reason", Sorted),
    sa.Column("back_day", sa.Date),
    sa.Column("back_half", Sorted),
    needed("created_at", Moment),
    needed("version", sa.Integer),
)
overtime = sa.Table(
    "overtime",
    metadata,
    identifier(),
    needed("employee_id", Id),
    needed("begins_at", Moment),
    needed("ends_at", Moment),
    needed("compensation", Sorted),
    needed("state", Sorted),
    needed("reason", Sorted),
    needed("created_at", Moment),
)
