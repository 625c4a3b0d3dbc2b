"""Approved orders and salespeople, and what the sales service is told by its environment, for its tests."""

from __future__ import annotations

from tempfile import TemporaryDirectory

from crm_common.settings import load
from sales.settings import SalesSettings

_FILES = TemporaryDirectory(prefix="crm")
ENVIRONMENT = load(
    SalesSettings,
    "SALES_",
    {
        "SALES_DATABASE_URL": "postgresql:///of-each-test",
        "CRM_CLUSTER_SECRET": "a secret of the tests that has 32 bytes",
        "CRM_OBJECTS_FOLDER": _FILES.name,
    },
)
"""Stores are made of other databases."""
