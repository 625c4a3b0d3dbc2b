"""Make the common tables, crates, and what custom fields need."""

from __future__ import annotations

from alembic import op

from crm_common import migrations
from crm_common.custom_fields import tables

revision = "r0001"
down_revision = None


def upgrade() -> None:
    migrations.baseline(op)
    op.execute(
        'CREATE TABLE crate (id uuid PRIMARY KEY, name text COLLATE "C" NOT NULL, inside_id uuid,'
        " trashed boolean NOT NULL DEFAULT false)"
    )
    op.execute("CREATE TABLE saved_list (name text NOT NULL, key text NOT NULL)")
    tables.create(op, "Crate")
