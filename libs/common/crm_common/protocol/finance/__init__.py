"""What the service finance says to others."""

from __future__ import annotations

from crm_common.protocol.finance import items
from crm_common.protocol.finance.service import finance

__all__ = ["finance", "items"]
