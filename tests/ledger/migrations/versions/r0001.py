"""Make the common tables and the ledger's own."""

from __future__ import annotations

from alembic import op

from crm_common import migrations
from crm_common.journal import sealing

revision = "r0001"
down_revision = None


def upgrade() -> None:
    migrations.baseline(op)
    sealing.create(op)
    op.execute("CREATE TABLE entry (id uuid PRIMARY KEY, amount integer NOT NULL, name text UNIQUE)")
    op.execute("CREATE TABLE effect (place bigint GENERATED ALWAYS AS IDENTITY, event_id uuid NOT NULL, note text)")
