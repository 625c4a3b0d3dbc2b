"""Schedule, address book, attendance."""

from __future__ import annotations

revision = "0004_schedule"
down_revision = "0003_approvals"


def upgrade() -> None:
    """Make the tables."""
