"""Orders."""

from __future__ import annotations

revision = "0003_orders"
down_revision = "0002_opportunities"


def upgrade() -> None:
    """Make the tables."""
