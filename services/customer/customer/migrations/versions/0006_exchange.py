"""Imports and exports."""

from __future__ import annotations

from alembic import op

from crm_common.exports import create_exports
from crm_common.imports import create_imports

revision = "0006_exchange"
down_revision = "0005_extras"


def upgrade() -> None:
    """Make the tables."""
    create_imports(op)
    create_exports(op)
