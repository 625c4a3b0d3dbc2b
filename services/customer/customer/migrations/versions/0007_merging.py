"""Merging, credit, cleaning."""

from __future__ import annotations

revision = "0007_merging"
down_revision = "0006_exchange"


def upgrade() -> None:
    """Make the tables."""
