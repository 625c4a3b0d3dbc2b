"""Recordings of calls (DOC-14)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crm_common.changes import Change, Usecase
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.objects import Objects
from crm_common.protocol.documents.recordings import (
    RECORDING_DAYS,
    KeepRecording,
    ListenToRecording,
    RecordingHeard,
    RecordingKept,
    RecordingRemoved,
)
from crm_common.protocol.importing import FileLink
from documents.domain import document as domain
from documents.store import accesses, files
from documents.store import bin as bins
from documents.store import recordings as store
from documents.store.recordings import Recording
from documents.usecases.changing import locked


def keep_recording(change: Change, command: KeepRecording) -> dict[str, Any]:
    """The file's bytes are a recording now; as a file it is there no longer."""
    found = locked(change, command.document_id, field="document_id")
    domain.expect_changeable(found, locked=files.is_held(change.connection, found.id))
    content = files.version(change.connection, found.id, found.number)
    # another version's bytes would be nobody's
    if (
        content is None
        or found.number != 1
        or content.sealed_key is not None
        or not found.content_type.startswith("audio/")
    ):
        raise CommonRules.a_value_has_the_wrong_shape(field="document_id", problem="no recording")
    made = Recording(
        id=found.id,
        call=command.call,
        employee_id=command.employee_id,
        object_key=content.object_key,
        content_type=content.content_type,
        size=content.size,
        sha256=content.sha256,
        recorded_at=command.recorded_at,
        keep_until=command.recorded_at + timedelta(days=change.settings.get(RECORDING_DAYS)),
    )
    bins.purge(change.connection, found.id)
    store.insert(change.connection, made)
    change.record(RecordingKept(**_told(made), keep_until=made.keep_until))
    return {"recording_id": made.id}


def listen(found: Recording, file: FileLink) -> Usecase:
    """It is taken from ``file``; whether the caller's scope reaches it was asked before."""

    def run(change: Change, _command: ListenToRecording) -> dict[str, Any]:
        me = change.context.authenticated().id
        taken = accesses.Taken(
            id=change.new_id(),
            document_id=found.id,
            document_name=file.name,
            number=1,
            employee_id=me,
            action="DOWNLOAD",
            address=change.context.address,
            at=change.now,
        )
        accesses.note(change.connection, taken)
        change.record(RecordingHeard(**_told(found), by_id=me))
        return {"recording": found.id, "file": file}

    return run


def remove_due(run: JobRun, objects: Objects) -> None:
    """Each whose time is over, the row before the bytes."""
    run.report["removed"] = 0
    while True:
        with run.change() as change:
            gone = store.due(change.connection, run.now)
            if gone is not None:
                change.record(RecordingRemoved(**_told(gone)))
        if gone is None:
            return
        run.report["removed"] += 1
        if run.dry_run:
            return
        objects.delete(gone.object_key)


def _told(of: Recording) -> dict[str, Any]:
    return {"recording_id": of.id, "call": of.call, "employee_id": of.employee_id}
