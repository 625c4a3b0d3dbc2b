"""The tables; the migrations make them."""

from __future__ import annotations

from documents.tables.articles import article, article_reading
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
from documents.tables.recordings import recording

__all__ = [
    "article",
    "article_reading",
    "document",
    "document_access",
    "document_category",
    "document_grant",
    "document_link",
    "document_recovery",
    "document_text",
    "document_version",
    "recording",
    "upload",
]
