"""What a write asks less for: definitions of fields that are known."""

from __future__ import annotations

from alembic import op

from crm_common.custom_fields import tables

revision = "0009_writing"
down_revision = "0008_erasing"


def upgrade() -> None:
    """Make the function."""
    tables.create_expecting(op)
