"""Commands about files (DOC-02, 07, 09, 10, 12, 15). What the caller may do was asked before: see `access`."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change, Usecase
from crm_common.errors import CommonRules
from crm_common.protocol.documents.events import (
    DocumentAccessed,
    DocumentDeleted,
    DocumentPublished,
    DocumentRestored,
    DocumentUpdated,
    DocumentVersioned,
    DocumentWithdrawn,
)
from crm_common.protocol.documents.files import (
    DeleteDocument,
    DocumentRules,
    PublishDocument,
    RestoreDocument,
    RestoreDocumentVersion,
    UpdateDocument,
    ViewDocument,
    WithdrawDocument,
)
from crm_common.protocol.importing import FileLink
from documents.domain import document as domain
from documents.domain.document import Content, Document
from documents.store import accesses, files
from documents.usecases.changing import locked, told


def update_document(change: Change, command: UpdateDocument) -> dict[str, Any]:
    """Another name, category or other tags."""
    before = locked(change, command.id)
    after = domain.updated(before, command)
    if after.category_id != before.category_id:
        files.expect_category(change.connection, after.category_id)
    if after != before:
        files.save(change.connection, after, change.now)
        change.record(DocumentUpdated(**told(before, after)))
    return {"document": after.id}


def publish_document(change: Change, command: PublishDocument) -> dict[str, Any]:
    """Others see it."""
    before = locked(change, command.id)
    after = domain.published(before, command.version, change.now)
    files.save(change.connection, after, change.now)
    change.record(DocumentPublished(**told(before, after)))
    return {"document": after.id}


def withdraw_document(change: Change, command: WithdrawDocument) -> dict[str, Any]:
    """Others see it no longer."""
    before = locked(change, command.id)
    after = domain.withdrawn(before, command.version)
    files.save(change.connection, after, change.now)
    change.record(DocumentWithdrawn(**told(before, after)))
    return {"document": after.id}


def restore_version(change: Change, command: RestoreDocumentVersion) -> dict[str, Any]:
    """An older content is current again, as a new version over the same bytes."""
    before = locked(change, command.id)
    domain.expect_seen(before, command.version)
    content = files.version(change.connection, before.id, command.number)
    if content is None:
        raise DocumentRules.there_is_no_such_version(field="number")
    after = domain.with_content(before, content, locked=files.is_held(change.connection, before.id))
    files.save(change.connection, after, change.now)
    by_id = change.context.authenticated().id
    files.insert_version(
        change.connection, change.new_id(), after, content, by_id=by_id, now=change.now, restored_from=command.number
    )
    files.read_again(change.connection, after.id, after.number)
    change.record(
        DocumentVersioned(**told(before, after), number=after.number, sha256=after.sha256, restored_from=command.number)
    )
    return {"document": after.id}


def delete_document(change: Change, command: DeleteDocument) -> dict[str, Any]:
    """Into the recycle bin."""
    before = locked(change, command.id)
    after = domain.deleted(before, change.now, locked=files.is_held(change.connection, before.id))
    if after != before:
        files.save(change.connection, after, change.now)
        change.record(DocumentDeleted(**told(before, after), reason=command.reason))
    return {"document": after.id}


def restore_document(change: Change, command: RestoreDocument) -> dict[str, Any]:
    """Out of it, for its owner."""
    before = locked(change, command.id)
    if before.owner_id != change.context.authenticated().id:
        raise CommonRules.the_record_was_not_found(field="id")
    after = domain.restored(before)
    files.save(change.connection, after, change.now)
    change.record(DocumentRestored(**told(before, after)))
    return {"document": after.id}


def view_document(change: Change, command: ViewDocument) -> dict[str, Any]:
    """What it says is read."""
    found = locked(change, command.id)
    note_access(change, found, found.number, "VIEW")
    return {"document": found.id, "text": files.text_of(change.connection, found.id)}


def download_document(number: int, file: FileLink) -> Usecase:
    """It is taken from ``file``."""

    def run(change: Change, command: Any) -> dict[str, Any]:
        found = locked(change, command.id)
        note_access(change, found, number, "DOWNLOAD")
        return {"document": found.id, "file": file}

    return run


def note_access(change: Change, of: Document, number: int, action: str) -> None:
    """Keep who read or took it (DOC-12)."""
    me = change.context.authenticated().id
    taken = accesses.Taken(
        id=change.new_id(),
        document_id=of.id,
        document_name=of.name,
        number=number,
        employee_id=me,
        action=action,
        address=change.context.address,
        at=change.now,
    )
    accesses.note(change.connection, taken)
    facts: dict[str, Any] = told(of, of) | {"number": number, "employee_id": me, "action": action}
    change.record(DocumentAccessed(**facts))


def version_to_take(found: tuple[str, int, Content] | None) -> tuple[str, int, Content]:
    """Name, number and content of the version, if there is one."""
    if found is None:
        raise DocumentRules.there_is_no_such_version(field="number")
    return found
