"""What the service finance says to others."""

from __future__ import annotations

from crm_common.protocol.finance import (
    budgets,
    contract_archive,
    contract_changes,
    contract_progress,
    contracts,
    contracts_events,
    expenses,
    funds,
    invoices,
    money_demo,
    payables,
    payments,
    performance_audits,
    periods,
    receipt_plans,
    receipts,
    receivables,
    receivables_events,
    refunds,
    statistics,
    verifying,
)
from crm_common.protocol.finance.service import finance

__all__ = [
    "budgets",
    "contract_archive",
    "contract_changes",
    "contract_progress",
    "contracts",
    "contracts_events",
    "expenses",
    "finance",
    "funds",
    "invoices",
    "money_demo",
    "payables",
    "payments",
    "performance_audits",
    "periods",
    "receipt_plans",
    "receipts",
    "receivables",
    "receivables_events",
    "refunds",
    "statistics",
    "verifying",
]
