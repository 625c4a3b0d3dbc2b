"""Make the common tables, those of imports, and the depot's own."""

from __future__ import annotations

from alembic import op

from crm_common import migrations
from crm_common.exports import create_exports
from crm_common.imports import create_imports

revision = "r0001"
down_revision = None


def upgrade() -> None:
    migrations.baseline(op)
    create_imports(op)
    create_exports(op)
    op.execute(
        "CREATE TABLE item (id uuid PRIMARY KEY, code text NOT NULL UNIQUE, name text NOT NULL, phone text,"
        " amount numeric CHECK (amount < 1000000), day date, owner_id uuid NOT NULL, version int NOT NULL DEFAULT 1)"
    )
