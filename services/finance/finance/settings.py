"""What a process of finance is told by its environment (``FINANCE_…``)."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.settings import ServiceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class FinanceSettings(ServiceSettings):
    """The settings of the process."""
