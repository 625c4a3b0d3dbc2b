"""Articles."""

from __future__ import annotations

revision = "0002_articles"
down_revision = "0001_documents"


def upgrade() -> None:
    """Make the tables."""
