"""Leads, assignment rules, capture forms."""

from __future__ import annotations

revision = "0004_leads"
down_revision = "0003_people"


def upgrade() -> None:
    """Make the tables."""
