"""What a process of office is told by its environment (``OFFICE_…``)."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.settings import ServiceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeSettings(ServiceSettings):
    """The settings of the process."""
