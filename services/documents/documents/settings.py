"""What a process of documents is told by its environment (``DOCUMENTS_…``)."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.settings import Secret, ServiceSettings, variable


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsSettings(ServiceSettings):
    """The settings of the process."""

    key_secret: Secret = variable(
        "Seals the keys of encrypted documents; lose it and they are read by recovery only.", least_length=32
    )
    recovery_secret: Secret | None = variable(
        "Seals the same keys once more, to be kept apart from the first; without one a lost key is lost.",
        default=None,
        least_length=32,
    )
    clamd_host: str | None = variable(
        "ClamAV's clamd that scans uploads; without one nothing is scanned.", default=None
    )
    clamd_port: int = variable("Its port.", default=3310, minimum=1, maximum=65535)
