"""What a process of customer is told by its environment (``CUSTOMER_…``)."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.settings import Secret, ServiceSettings, variable


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSettings(ServiceSettings):
    """The settings of the process."""

    key_secret: Secret = variable(
        "Seals phone numbers in the database and keys their index; lose it and no number can be read again.",
        least_length=32,
    )
