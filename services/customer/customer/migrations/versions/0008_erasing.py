"""Erasure on request, pools of their own rules."""

from __future__ import annotations

from alembic import op

from crm_common.journal import sealing

revision = "0008_erasing"
down_revision = "0007_merging"


def upgrade() -> None:
    """Make the tables."""
    sealing.create(op)
