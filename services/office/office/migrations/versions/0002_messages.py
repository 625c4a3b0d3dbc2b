"""Messages, their delivery, reminders, announcements."""

from __future__ import annotations

revision = "0002_messages"
down_revision = "0001_memos"


def upgrade() -> None:
    """Make the tables."""
