"""Opportunities."""

from __future__ import annotations

revision = "0002_opportunities"
down_revision = "0001_products"


def upgrade() -> None:
    """Make the tables."""
