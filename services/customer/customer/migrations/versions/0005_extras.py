"""Dictionaries, sharing, custom fields, search, imports, saved views."""

from __future__ import annotations

revision = "0005_extras"
down_revision = "0004_leads"


def upgrade() -> None:
    """Make the tables."""
