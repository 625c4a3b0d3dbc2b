"""Make the common tables, and what became of contracts."""

from __future__ import annotations

from alembic import op

from crm_common import migrations

revision = "r0001"
down_revision = None


def upgrade() -> None:
    migrations.baseline(op)
    op.execute("""
CREATE TABLE contract_state (
    id uuid PRIMARY KEY,
    state text NOT NULL,
    revision integer NOT NULL,
    hash text NOT NULL,
    times integer NOT NULL
)""")
