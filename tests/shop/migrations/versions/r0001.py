"""Make the common tables."""

from __future__ import annotations

from alembic import op

from crm_common import migrations

revision = "r0001"
down_revision = None


def upgrade() -> None:
    migrations.baseline(op)
