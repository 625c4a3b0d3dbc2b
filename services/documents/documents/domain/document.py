"""A file and what may become of it: pure functions (state, command) → state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.protocol.documents.files import (
    DocumentRules,
    DocumentState,
    LinkKind,
    UpdateDocument,
)
from documents.domain.file_name import checked_name

VOUCHERS = frozenset({"image/jpeg", "image/png", "application/pdf"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file as its row keeps it; content type, size and checksum are those of its current version ``number``."""

    id: UUID
    name: str
    content_type: str
    size: int
    sha256: str
    state: DocumentState = DocumentState.DRAFT
    number: int = 1
    category_id: UUID | None = None
    tags: tuple[str, ...] = ()
    owner_id: UUID | None
    is_linked: bool = False
    is_archived: bool = False
    is_encrypted: bool = False
    published_at: datetime | None = None
    deleted_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Bytes that lie in the store and were found to be what they are said to be."""

    object_key: str
    content_type: str
    size: int
    sha256: str
    sealed_key: bytes | None = None
    recovery_key: bytes | None = None


def updated(before: Document, command: UpdateDocument) -> Document:
    """The file called or classified otherwise."""
    expect_version(before.version, command.version)
    _expect_open(before)
    after = replace(
        before,
        name=checked_name(chosen(command.name, before.name), before.content_type),
        category_id=chosen(command.category_id, before.category_id),
        tags=tuple(dict.fromkeys(chosen(command.tags, before.tags))),
    )
    return _next(before, after)


def with_content(before: Document, content: Content, *, locked: bool) -> Document:
    """The file with another content, which is its next version."""
    expect_changeable(before, locked=locked)
    after = replace(
        before, content_type=content.content_type, size=content.size, sha256=content.sha256, number=before.number + 1
    )
    return _next(before, after)


def touched(before: Document) -> Document:
    """The file after a change of what belongs to it; one that is deleted does not change."""
    _expect_there(before)
    return replace(before, version=before.version + 1)


def expect_seen(document: Document, version: int) -> None:
    """``CONFLICT`` for an edit of an older state."""
    expect_version(document.version, version)


def encrypted(before: Document) -> Document:
    """The file, stored so that the store alone gives nothing away."""
    _expect_there(before)
    return _next(before, replace(before, is_encrypted=True))


def renamed(document: Document, name: str) -> Document:
    """The file under a name that fits its content; part of another change, whose version it shares."""
    return replace(document, name=checked_name(name, document.content_type))


def published(before: Document, version: int, now: datetime) -> Document:
    """The file as others see it."""
    expect_version(before.version, version)
    _expect_there(before)
    if before.state is DocumentState.PUBLISHED:
        raise DocumentRules.the_document_is_published_already(field="id")
    return _next(before, replace(before, state=DocumentState.PUBLISHED, published_at=now))


def withdrawn(before: Document, version: int) -> Document:
    """The file as a draft again; one of a record stays."""
    expect_version(before.version, version)
    _expect_there(before)
    if before.state is not DocumentState.PUBLISHED:
        raise DocumentRules.only_a_published_document_is_withdrawn(field="id")
    if before.is_linked:
        raise DocumentRules.a_linked_document_is_not_withdrawn(field="id")
    return _next(before, replace(before, state=DocumentState.DRAFT, published_at=None))


def linked(before: Document, kind: LinkKind, now: datetime) -> Document:
    """The file as one of a record: seen by whoever sees the record, and in the archive read-only."""
    _expect_there(before)
    if kind is LinkKind.VOUCHER and before.content_type not in VOUCHERS:
        raise DocumentRules.a_voucher_is_an_image_or_a_pdf(field="document_ids")
    after = replace(
        before,
        state=DocumentState.PUBLISHED,
        published_at=before.published_at or now,
        is_linked=True,
        is_archived=before.is_archived or kind is LinkKind.ARCHIVE,
    )
    return _next(before, after)


def deleted(before: Document, now: datetime, *, locked: bool) -> Document:
    """The file in the recycle bin; the same where it lies there already."""
    if before.deleted_at is not None:
        return before
    expect_changeable(before, locked=locked)
    return _next(before, replace(before, deleted_at=now))


def restored(before: Document) -> Document:
    """The file out of the recycle bin."""
    if before.deleted_at is None:
        raise DocumentRules.only_a_deleted_document_is_restored(field="id")
    return _next(before, replace(before, deleted_at=None))


def expect_changeable(document: Document, *, locked: bool) -> None:
    """``BAD_STATE`` for a file that is archived, belongs to what was submitted, or is deleted."""
    _expect_open(document)
    if locked:
        raise DocumentRules.a_locked_document_stays_as_it_is(field="id")


def _expect_open(document: Document) -> None:
    _expect_there(document)
    if document.is_archived:
        raise DocumentRules.an_archived_document_is_read_only(field="id")


def _expect_there(document: Document) -> None:
    if document.deleted_at is not None:
        raise DocumentRules.a_deleted_document_is_restored_first(field="id")


def _next(before: Document, after: Document) -> Document:
    return before if after == before else replace(after, version=before.version + 1)
