"""What the service finance says to others."""

from __future__ import annotations

from crm_common.protocol.finance import contract_archive, contracts, contracts_events
from crm_common.protocol.finance.service import finance

__all__ = ["contract_archive", "contracts", "contracts_events", "finance"]
