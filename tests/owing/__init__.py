"""Orders that were approved, and what they leave in finance, which is told so much by its environment in tests."""

from __future__ import annotations

from tempfile import TemporaryDirectory

from crm_common.settings import load
from finance.settings import FinanceSettings

_FILES = TemporaryDirectory(prefix="crm")
ENVIRONMENT = load(
    FinanceSettings,
    "FINANCE_",
    {
        "FINANCE_DATABASE_URL": "postgresql:///of-each-test",
        "CRM_CLUSTER_SECRET": "a secret of the tests that has 32 bytes",
        "CRM_OBJECTS_FOLDER": _FILES.name,
    },
)
"""Stores are made of other databases."""
