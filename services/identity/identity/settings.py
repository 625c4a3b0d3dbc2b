"""What an identity process is told by its environment (``IDENTITY_…``)."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.settings import ServiceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitySettings(ServiceSettings):
    """The settings of the process."""
