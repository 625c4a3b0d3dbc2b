"""The service class for a process of its own, in which its protocol stays known."""

from __future__ import annotations

from crm_common.settings import ServiceSettings
from depot.protocol import known
from depot.service import DepotService

__all__ = ["DepotService", "Settings"]

Settings = ServiceSettings
_known = known()
_known.__enter__()
