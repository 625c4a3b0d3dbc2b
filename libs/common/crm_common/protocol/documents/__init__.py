"""What the service documents says to others."""

from __future__ import annotations

from crm_common.protocol.documents import (
    accesses,
    articles,
    categories,
    demo,
    events,
    files,
    recordings,
    recovery,
    rights,
    sharing,
    uploads,
)
from crm_common.protocol.documents.service import documents

__all__ = [
    "accesses",
    "articles",
    "categories",
    "demo",
    "documents",
    "events",
    "files",
    "recordings",
    "recovery",
    "rights",
    "sharing",
    "uploads",
]
