"""What the service documents says to others."""

from __future__ import annotations

from crm_common.protocol.documents import accesses, categories, events, files, recovery, rights, sharing, uploads
from crm_common.protocol.documents.service import documents

__all__ = ["accesses", "categories", "documents", "events", "files", "recovery", "rights", "sharing", "uploads"]
