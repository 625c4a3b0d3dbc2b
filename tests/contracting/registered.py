"""The service classes for processes of their own, in which the protocol of contracts stays known."""

from __future__ import annotations

from contracting import protocol
from contracting.service import ContractingService
from crm_common.settings import ServiceSettings
from identity.service import IdentityService
from identity.settings import IdentitySettings
from office.service import OfficeService
from office.settings import OfficeSettings

__all__ = [
    "ContractingService", "IdentityService", "IdentitySettings", "OfficeService", "OfficeSettings", "ServiceSettings",
]  # fmt: skip

_known = protocol.known()
_known.__enter__()
