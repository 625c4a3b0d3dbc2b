"""Performance."""

from __future__ import annotations

revision = "0004_performance"
down_revision = "0003_orders"


def upgrade() -> None:
    """Make the tables."""
