"""Bringing files (DOC-01): awaited, then confirmed with what was found in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import Change, Usecase
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.objects import Objects
from crm_common.protocol.documents.events import DocumentUploaded, DocumentVersioned
from crm_common.protocol.documents.uploads import MINUTES, ConfirmUpload, RequestUpload, UploadRules
from crm_common.protocol.importing import FileUpload, NameValue
from documents.adapters.texts import Said
from documents.domain import document as domain
from documents.domain.document import Content, Document
from documents.domain.file_name import checked_name, type_of
from documents.domain.upload import Upload
from documents.store import files, uploads
from documents.usecases.changing import locked, told

_AT_ONCE = 100


def checked_request(command: RequestUpload, most_mb: int) -> str:
    """The content type of what is to come; ``VALIDATION`` where it is not taken anyway."""
    if not 0 < command.size <= most_mb * 1024 * 1024:
        raise UploadRules.a_file_is_not_so_large(field="size", limit=most_mb)
    expected = type_of(checked_name(command.name))
    if command.content_type.partition(";")[0].strip().lower() != expected:
        raise UploadRules.the_content_is_not_what_the_name_says(field="content_type", found=command.content_type)
    return expected


def address(objects: Objects, upload_id: UUID, content_type: str, size: int) -> FileUpload:
    """Where it is to be brought: exactly this type, and not a byte more."""
    key = f"uploads/{upload_id}"
    made = objects.upload(key, content_type=content_type, limit=size, seconds=MINUTES * 60)
    fields, headers = ([NameValue(name, value) for name, value in of.items()] for of in (made.fields, made.headers))
    return FileUpload(made.url, made.method, fields, headers, made.expires_at, size)


def request_upload(upload_id: UUID, content_type: str, upload: FileUpload) -> Usecase:
    """It is awaited at ``upload``. Whether the caller may edit the file was asked before."""

    def run(change: Change, command: RequestUpload) -> dict[str, Any]:
        if command.document_id is not None:
            before = locked(change, command.document_id, field="document_id")
            domain.expect_changeable(before, locked=files.is_held(change.connection, before.id))
        awaited = Upload(
            id=upload_id,
            document_id=command.document_id or change.new_id(),
            is_new=command.document_id is None,
            name=checked_name(command.name),
            content_type=content_type,
            size=command.size,
            sha256=command.sha256,
            category_id=command.category_id,
            tags=tuple(dict.fromkeys(command.tags)),
            by_id=change.context.authenticated().id,
            expires_at=change.now + timedelta(minutes=MINUTES),
        )
        files.expect_category(change.connection, awaited.category_id)
        uploads.insert(change.connection, awaited)
        return {"upload_id": upload_id, "upload": upload}

    return run


def confirm_upload(content: Content | None, said: Said | None) -> Usecase:
    """It is there: a new draft, or the next version. ``content`` None: it was confirmed before."""

    def run(change: Change, command: ConfirmUpload) -> dict[str, Any]:
        upload = uploads.locked(change.connection, command.upload_id)
        if upload.confirmed_at is not None or content is None or said is None:
            return {"document": upload.document_id}
        kept = _new(change, upload, content) if upload.is_new else _versioned(change, upload, content)
        if not kept.is_encrypted:
            files.keep_text(change.connection, kept.id, kept.number, said.text, said.state)
        uploads.confirm(change.connection, upload.id, change.now)
        return {"document": kept.id}

    return run


def _new(change: Change, upload: Upload, content: Content) -> Document:
    made = Document(
        id=upload.document_id,
        name=upload.name,
        content_type=content.content_type,
        size=content.size,
        sha256=content.sha256,
        category_id=upload.category_id,
        tags=upload.tags,
        owner_id=upload.by_id,
    )
    files.insert(change.connection, made, change.now)
    files.insert_version(change.connection, change.new_id(), made, content, by_id=upload.by_id, now=change.now)
    facts: dict[str, Any] = {"content_type": made.content_type, "size": made.size, "sha256": made.sha256}
    change.record(DocumentUploaded(**told(None, made), **facts))
    return made


def _versioned(change: Change, upload: Upload, content: Content) -> Document:
    before = locked(change, upload.document_id, field="upload_id")
    after = domain.with_content(before, content, locked=files.is_held(change.connection, before.id))
    if before.is_encrypted != (content.sealed_key is not None):
        raise CommonRules.the_record_was_changed_meanwhile(field="upload_id", current=before.version)
    # another kind of content needs a name that fits it
    after = domain.renamed(after, upload.name if after.content_type != before.content_type else after.name)
    files.save(change.connection, after, change.now)
    files.insert_version(change.connection, change.new_id(), after, content, by_id=upload.by_id, now=change.now)
    change.record(
        DocumentVersioned(**told(before, after), number=after.number, sha256=after.sha256, restored_from=None)
    )
    return after


def forget_expired(run: JobRun, objects: Objects) -> None:
    """What was never confirmed is removed from the store: nobody can confirm it any more."""
    run.report["removed"] = 0
    while True:
        with run.change() as change:
            # an hour of grace: a confirmation may be under way
            found = uploads.expired(change.connection, run.now - timedelta(hours=1), _AT_ONCE)
            for each in found:
                uploads.forget(change.connection, each.id)
        for each in () if run.dry_run else found:
            objects.delete(each.arrival)
            objects.delete(each.place)
        run.report["removed"] += len(found)
        if run.dry_run or len(found) < _AT_ONCE:
            return


def expect_in_time(upload: Upload, now: datetime) -> None:
    """``BAD_STATE`` when the address has expired."""
    if now >= upload.expires_at:
        raise UploadRules.the_upload_has_expired(field="upload_id")


def own_upload(found: Upload | None) -> Upload:
    """``NOT_FOUND`` for an upload that somebody else asked for, or nobody."""
    if found is None:
        raise CommonRules.the_record_was_not_found(field="upload_id")
    return found
