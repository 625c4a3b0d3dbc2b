"""What somebody may do with a file (DOC-03): decided from what is known of him and of it, without asking anybody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from crm_common.protocol.documents.files import DocumentState
from crm_common.protocol.documents.rights import DocumentRight

EVERYTHING = frozenset(DocumentRight)
READING = frozenset({DocumentRight.VIEW, DocumentRight.DOWNLOAD})
NOTHING: frozenset[DocumentRight] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A file as one person meets it. ``granted``: what was given to him, his departments, his roles."""

    id: UUID
    is_mine: bool
    state: DocumentState
    is_deleted: bool
    is_encrypted: bool
    in_scope: bool
    is_recovered: bool
    """Whether two together recovered it for him."""
    granted: frozenset[DocumentRight]
    subjects: frozenset[str]
    """Global ids of the records it belongs to."""


def rights(known: Known, seen: Collection[str]) -> frozenset[DocumentRight]:
    """What he may do; ``seen`` are the records that he sees.

    A file that belongs to records follows them, also for its owner: who no longer sees the record sees no file of it.
    An encrypted one is read by its owner and those to whom he gave it, no one else.
    """
    if known.is_deleted:
        return frozenset({DocumentRight.VIEW}) if known.is_mine else NOTHING
    if known.is_recovered:
        return READING | (EVERYTHING if known.is_mine else NOTHING)
    if known.subjects and known.subjects.isdisjoint(seen):
        return known.granted
    if known.is_mine:
        return EVERYTHING
    if known.state is DocumentState.DRAFT:
        return NOTHING
    reading = frozenset({DocumentRight.VIEW}) if known.is_encrypted else READING
    open_to_him = bool(known.subjects) or known.in_scope
    return known.granted | (reading if open_to_him else NOTHING)
