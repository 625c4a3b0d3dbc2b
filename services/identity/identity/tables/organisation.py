"""Departments, positions and employees."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Ids, Moment, Sorted, history, identifier, needed
from identity.tables.metadata import metadata

guard = sa.Table("guard", metadata, sa.Column("name", sa.Text, primary_key=True))

department = sa.Table(
    "department",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("name_fold", sa.Text),
    needed("name_key", Sorted),
    sa.Column("code", Sorted),
    sa.Column("description", sa.Text),
    sa.Column("parent_id", Id),
    sa.Column("head_id", Id),
    needed("rank", sa.Integer),
    needed("depth", sa.Integer),
    needed("path", Sorted),
    needed("tree_order", Sorted),
    needed("heads", Ids),
    *history(),
)

position = sa.Table(
    "position",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("name_fold", sa.Text),
    needed("name_key", Sorted),
    sa.Column("description", sa.Text),
    needed("department_id", Id),
    needed("rank", sa.Integer),
    *history(),
)

employee = sa.Table(
    "employee",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("name_key", Sorted),
    needed("login_name", Sorted),
    needed("login_key", sa.Text),
    sa.Column("number", Sorted),
    sa.Column("phone", sa.Text),
    sa.Column("email", Sorted),
    sa.Column("avatar_url", sa.Text),
    sa.Column("bio", sa.Text),
    sa.Column("hired_on", sa.Date),
    needed("active", sa.Boolean),
    sa.Column("disabled_at", Moment),
    needed("position_id", Id),
    needed("department_id", Id),
    needed("department_path", Sorted),
    needed("line", Ids),
    needed("must_change_password", sa.Boolean, server_default=sa.true()),
    sa.Column("last_login_at", Moment),
    sa.Column("last_active_at", Moment),
    *history(),
)
