"""What an identity process is told by its environment (``IDENTITY_…``)."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.settings import Secret, ServiceSettings, variable


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitySettings(ServiceSettings):
    """The settings of the process."""

    key_secret: Secret = variable(
        "Seals signing keys and second factors in the database; lose it and everybody logs in anew.", least_length=32
    )
