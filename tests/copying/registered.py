"""The service class for a process of its own, in which its protocol stays known."""

from __future__ import annotations

from copying.service import CopyingService, known
from crm_common.settings import ServiceSettings

__all__ = ["CopyingService", "Settings"]

Settings = ServiceSettings
_known = known()
_known.__enter__()
