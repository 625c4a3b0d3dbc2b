"""Items."""

from __future__ import annotations

from alembic import op

from crm_common import migrations

revision = "0001_products"
down_revision = None

_ITEMS = """
CREATE TABLE item (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    owner_id uuid,
    created_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX item_order ON item (created_at, id);
CREATE INDEX item_name ON item (name_key, id);
CREATE INDEX item_owner ON item (owner_id, created_at, id);
"""


def upgrade() -> None:
    """Make the tables."""
    migrations.baseline(op)
    op.get_bind().exec_driver_sql(_ITEMS, execution_options={"no_parameters": True})
