"""When people work, where, who checked in, and what closed months came to."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from crm_common.columns import Id, Moment, Sorted, identifier, needed
from office.tables.metadata import metadata

attendance_rule = sa.Table(
    "attendance_rule",
    metadata,
    identifier(),
    needed("begins_at", Sorted),
    needed("ends_at", Sorted),
    needed("grace_minutes", sa.Integer),
    needed("rest_days", ARRAY(Sorted)),
    needed("public_holidays", sa.Boolean),
    needed("office_radius", sa.Integer),
    needed("updated_at", Moment),
    needed("version", sa.Integer),
)
special_day = sa.Table(
    "special_day",
    metadata,
    identifier(),
    needed("day", sa.Date),
    needed("working", sa.Boolean),
    needed("name", Sorted),
)
company_office = sa.Table(
    "company_office",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("name_key", Sorted),
    needed("latitude", sa.Double),
    needed("longitude", sa.Double),
)
checkin = sa.Table(
    "checkin",
    metadata,
    identifier(),
    needed("employee_id", Id),
    needed("kind", Sorted),
    needed("at", Moment),
    needed("latitude", sa.Double),
    needed("longitude", sa.Double),
    needed("accuracy", sa.Double),
    sa.Column("office_id", Id),
    sa.Column("distance", sa.Double),
    sa.Column("outside", sa.Boolean),
    sa.Column("customer_id", Id),
    sa.Column("photo_id", Id),
    sa.Column("note", Sorted),
)
attendance_month = sa.Table(
    "attendance_month",
    metadata,
    identifier(),
    needed("month", Sorted),
    needed("employee_id", Id),
    needed("work_days", sa.Integer),
    needed("present_days", sa.Integer),
    needed("late_times", sa.Integer),
    needed("early_times", sa.Integer),
    needed("half_times", sa.Integer),
    needed("absent_days", sa.Integer),
    needed("visits", sa.Integer),
    needed("outside_times", sa.Integer),
    needed("leave_days", sa.Numeric),
    needed("overtime_hours", sa.Numeric),
    needed("closed_at", Moment),
)
