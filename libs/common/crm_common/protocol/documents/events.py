"""What happens to a file, as other services and the audit hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crm_common.protocol.declare import Changes, Event
from crm_common.protocol.documents.service import documents
from crm_common.protocol.holds import HoldPlaced, HoldReleased


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEvent(Event):
    """What every event of a file tells."""

    document_id: UUID
    name: str
    owner_id: UUID | None
    changes: Changes


@documents.event("document.uploaded", subject="document_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentUploaded(DocumentEvent):
    """A file is there."""

    content_type: str
    size: int
    sha256: str


@documents.event("document.versioned", subject="document_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentVersioned(DocumentEvent):
    """A file has another content."""

    number: int
    sha256: str
    restored_from: int | None


@documents.event("document.updated", subject="document_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentUpdated(DocumentEvent):
    """A file is called or classified otherwise."""


@documents.event("document.text_found", subject="document_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTextFound(DocumentEvent):
    """What a file says is known now, after a long reading: search finds it by its words."""


@documents.event("document.published", subject="document_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPublished(DocumentEvent):
    """Others may see the file."""


@documents.event("document.withdrawn", subject="document_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentWithdrawn(DocumentEvent):
    """Others no longer see the file."""


@documents.event("document.linked", subject="document_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLinked(DocumentEvent):
    """A file belongs to a record; whoever sees the record sees the file."""

    subject: str
    """The global id of the record."""
    kind: str


@documents.event("document.locked", subject="record_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLocked(HoldPlaced):
    """A submitted record keeps a file as it is."""


@documents.event("document.unlocked", subject="record_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentUnlocked(HoldReleased):
    """It no longer does."""


@documents.event("document.acl_changed", subject="document_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAclChanged(DocumentEvent):
    """Other people have rights on a file."""


@documents.event("document.accessed", subject="document_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAccessed(DocumentEvent):
    """Somebody read or took a file."""

    number: int
    employee_id: UUID
    action: str


@documents.event("document.deleted", subject="document_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDeleted(DocumentEvent):
    """A file lies in the recycle bin."""

    reason: str | None


@documents.event("document.restored", subject="document_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRestored(DocumentEvent):
    """A file came back from the recycle bin."""


@documents.event("document.purged", subject="document_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPurged(DocumentEvent):
    """A file and all its versions are gone for good."""
