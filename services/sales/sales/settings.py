"""What a process of sales is told by its environment (``SALES_…``)."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.settings import ServiceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesSettings(ServiceSettings):
    """The settings of the process."""
