"""Tasks, reports, comments, rules."""

from __future__ import annotations

revision = "0005_work"
down_revision = "0004_schedule"


def upgrade() -> None:
    """Make the tables."""
