"""The depot's class for a process of its own, in which its protocol stays known."""

from __future__ import annotations

from crm_common.settings import ServiceSettings
from importing import protocol
from importing.service import DepotService

__all__ = ["DepotService", "ServiceSettings"]

_known = protocol.known()
_known.__enter__()
