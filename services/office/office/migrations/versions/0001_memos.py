"""Memos."""

from __future__ import annotations

from alembic import op

from crm_common import migrations

revision = "0001_memos"
down_revision = None

_MEMOS = """
CREATE TABLE memo (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL,
    title text COLLATE "C" NOT NULL,
    title_key text COLLATE "C" NOT NULL,
    body text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX memo_latest ON memo (owner_id, updated_at, id);
CREATE INDEX memo_title ON memo (owner_id, title_key, id);
CREATE INDEX memo_written ON memo (owner_id, created_at, id);
"""


def upgrade() -> None:
    """Make the tables."""
    migrations.baseline(op)
    op.get_bind().exec_driver_sql(_MEMOS, execution_options={"no_parameters": True})
