"""The company's profile: one row."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Texts, history, identifier, needed
from identity.tables.metadata import metadata

company = sa.Table(
    "company",
    metadata,
    identifier(),
    needed("name", sa.Text),
    sa.Column("short_name", sa.Text),
    sa.Column("logo_url", sa.Text),
    needed("timezone", sa.Text),
    needed("fiscal_year_start", sa.Integer),
    needed("working_days", Texts),
    sa.Column("phone", sa.Text),
    sa.Column("address", sa.Text),
    *history(),
    needed("only_one", sa.Boolean, server_default=sa.true()),
)
