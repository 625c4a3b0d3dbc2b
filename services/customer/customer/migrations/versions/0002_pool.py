"""The pool: several pools, the ledger of claims, the history of holdings, rules."""

from __future__ import annotations

revision = "0002_pool"
down_revision = "0001_customers"


def upgrade() -> None:
    """Make the tables."""
