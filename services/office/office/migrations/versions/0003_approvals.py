"""Approval flows and what runs by them."""

from __future__ import annotations

revision = "0003_approvals"
down_revision = "0002_messages"


def upgrade() -> None:
    """Make the tables."""
