"""Opportunities."""

from __future__ import annotations

from alembic import op

from crm_common.journal import sealing
from crm_common.projections.customers import create_customer_ref

revision = "0002_opportunities"
down_revision = "0001_products"


def upgrade() -> None:
    """Make the tables."""
    create_customer_ref(op)
    sealing.create(op)
