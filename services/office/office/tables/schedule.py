"""Schedules, who is invited, the addresses under which programs read them, and contacts people keep for themselves."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from crm_common.columns import Id, Moment, Sorted, history, identifier, needed
from office.tables.metadata import metadata

schedule_entry = sa.Table(
    "schedule_entry",
    metadata,
    identifier(),
    needed("owner_id", Id),
    needed("kind", Sorted),
    needed("status", Sorted),
    needed("title", Sorted),
    needed("title_key", Sorted),
    sa.Column("place", Sorted),
    needed("body", Sorted),
    needed("all_day", sa.Boolean),
    needed("starts_at", Moment),
    needed("ends_at", Moment),
    needed("zone", Sorted),
    sa.Column("repeat", Sorted),
    needed("left_out", ARRAY(Moment)),
    sa.Column("last_end", Moment),
    needed("private", sa.Boolean),
    sa.Column("about", Sorted),
    sa.Column("source", Sorted),
    *history(),
)
schedule_guest = sa.Table(
    "schedule_guest",
    metadata,
    sa.Column("entry_id", Id, primary_key=True),
    sa.Column("employee_id", Id, primary_key=True),
    needed("answer", Sorted),
    sa.Column("answered_at", Moment),
)
calendar = sa.Table(
    "calendar",
    metadata,
    identifier(),
    needed("owner_id", Id),
    needed("name", Sorted),
    needed("secret_hash", sa.LargeBinary),
    needed("created_at", Moment),
)
address_contact = sa.Table(
    "address_contact",
    metadata,
    identifier(),
    needed("owner_id", Id),
    needed("name", Sorted),
    needed("name_key", Sorted),
    sa.Column("company", Sorted),
    sa.Column("title", Sorted),
    sa.Column("phone", Sorted),
    sa.Column("email", Sorted),
    sa.Column("remark", Sorted),
    *history(),
)
