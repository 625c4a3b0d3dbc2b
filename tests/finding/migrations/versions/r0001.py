"""Make the common tables, those of search, and firms and people."""

from __future__ import annotations

from alembic import op

from crm_common import migrations
from crm_common.search.tables import create_search

revision = "r0001"
down_revision = None


def upgrade() -> None:
    migrations.baseline(op)
    create_search(op)
    op.execute(
        "CREATE TABLE firm (id uuid PRIMARY KEY, name text NOT NULL, short_name text, about text, owner_id uuid,"
        " phone text, phone_print bytea,"
        " shared_with uuid[] NOT NULL DEFAULT '{}', deleted boolean NOT NULL DEFAULT false)"
    )
    op.execute("CREATE INDEX firm_phone ON firm (phone_print)")
    op.execute("CREATE TABLE person (id uuid PRIMARY KEY, name text NOT NULL, firm_id uuid)")
