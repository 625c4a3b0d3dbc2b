"""Make the common tables and those of probe and hearer."""

from __future__ import annotations

from alembic import op

from crm_common import migrations

revision = "r0001"
down_revision = None


def upgrade() -> None:
    migrations.baseline(op)
    op.execute("CREATE TABLE note (place bigint GENERATED ALWAYS AS IDENTITY, text text NOT NULL)")
    op.execute(
        "CREATE TABLE heard (place bigint GENERATED ALWAYS AS IDENTITY, subject text, number integer, text text)"
    )
