"""Spending."""

from __future__ import annotations

revision = "0003_spending"
down_revision = "0002_receivables"


def upgrade() -> None:
    """Make the tables."""
