"""Files of records (DOC-09, 10): linked by their neighbour or by who sees the record, kept while it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from crm_common.changes import Change, Usecase
from crm_common.errors import CommonRules
from crm_common.protocol.documents.events import DocumentLinked
from crm_common.protocol.documents.files import (
    AttachDocuments,
    LinkDocuments,
    LinkKind,
    LockDocuments,
    UnlockDocuments,
)
from crm_common.sight import global_id, referred
from documents.domain import document as domain
from documents.store import files
from documents.usecases.changing import HOLDS, locked, told

_SUBMITTED = "SUBMITTED"


def link_documents(change: Change, command: LinkDocuments) -> dict[str, Any]:
    """A neighbour's record has them."""
    subject = global_id(referred(command.subject, field="subject"))
    return {"linked": _link(change, subject, command.kind, command.document_ids, by_id=command.by_id)}


def attach_documents(subject: str) -> Usecase:
    """A record that the caller sees has files of his own."""

    def run(change: Change, command: AttachDocuments) -> dict[str, Any]:
        me = change.context.authenticated().id
        _link(change, subject, LinkKind.ATTACHMENT, command.document_ids, by_id=me)
        return {"documents": list(dict.fromkeys(command.document_ids))}

    return run


def lock_documents(change: Change, command: LockDocuments) -> dict[str, Any]:
    """A submitted record keeps them."""
    count = 0
    for each in sorted(set(command.document_ids)):
        if locked(change, each, field="document_ids").deleted_at is not None:
            raise CommonRules.the_record_was_not_found(field="document_ids")
        count += HOLDS.place(change, each, command.reference, _SUBMITTED)
    return {"locked": count}


def unlock_documents(change: Change, command: UnlockDocuments) -> dict[str, Any]:
    """It keeps them no longer."""
    held = files.held_by(change.connection, command.reference)
    return {"unlocked": sum(HOLDS.release(change, each, command.reference) for each in held)}


def _link(change: Change, subject: str, kind: LinkKind, ids: Sequence[UUID], *, by_id: UUID | None) -> int:
    count = 0
    for each in sorted(set(ids)):
        before = locked(change, each, field="document_ids")
        if before.deleted_at is not None or (by_id is not None and before.owner_id != by_id):
            raise CommonRules.the_record_was_not_found(field="document_ids")
        after = domain.linked(before, kind, change.now)
        if not files.link(change.connection, change.new_id(), each, subject=subject, kind=kind, now=change.now):
            continue
        files.save(change.connection, after, change.now)
        change.record(DocumentLinked(**told(before, after), subject=subject, kind=kind.value))
        count += 1
    return count
