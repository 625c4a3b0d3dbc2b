"""Receivables."""

from __future__ import annotations

revision = "0002_receivables"
down_revision = "0001_contracts"


def upgrade() -> None:
    """Make the tables."""
