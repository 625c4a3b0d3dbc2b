"""Contacts, follow-ups, timeline, relations."""

from __future__ import annotations

revision = "0003_people"
down_revision = "0002_pool"


def upgrade() -> None:
    """Make the tables."""
