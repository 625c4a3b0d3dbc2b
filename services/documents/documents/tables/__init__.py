"""The tables; the migrations make them."""

from __future__ import annotations

from documents.tables.files import (
    document,
    document_access,
    document_category,
    document_grant,
    document_link,
    document_recovery,
    document_text,
    document_version,
    upload,
)

__all__ = [
    "document",
    "document_access",
    "document_category",
    "document_grant",
    "document_link",
    "document_recovery",
    "document_text",
    "document_version",
    "upload",
]
