"""Roles, their scopes, and who has them."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Sorted, Texts, history, identifier, needed
from identity.tables.metadata import metadata

role = sa.Table(
    "role",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("name_fold", sa.Text),
    needed("name_key", Sorted),
    sa.Column("code", Sorted),
    sa.Column("description", sa.Text),
    needed("permissions", Texts),
    needed("hidden", Texts),
    needed("scope", sa.Text),
    *history(),
)

role_scope = sa.Table(
    "role_scope",
    metadata,
    sa.Column("role_id", Id, primary_key=True),
    sa.Column("module", Sorted, primary_key=True),
    needed("scope", sa.Text),
)

employee_role = sa.Table(
    "employee_role",
    metadata,
    sa.Column("employee_id", Id, primary_key=True),
    sa.Column("role_id", Id, primary_key=True),
)

position_role = sa.Table(
    "position_role",
    metadata,
    sa.Column("position_id", Id, primary_key=True),
    sa.Column("role_id", Id, primary_key=True),
)

role_holder = sa.Table(
    "role_holder",
    sa.MetaData(),  # a view of the database, not a table of its own
    sa.Column("employee_id", Id, nullable=False),
    sa.Column("role_id", Id, nullable=False),
    sa.Column("by_position", sa.Boolean, nullable=False),
)
