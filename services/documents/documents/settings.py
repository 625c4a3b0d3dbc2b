"""What a process of documents is told by its environment (``DOCUMENTS_…``)."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.settings import ServiceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsSettings(ServiceSettings):
    """The settings of the process."""
