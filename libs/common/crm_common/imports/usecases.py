"""What commands do to an import. Files are read before their transactions; the rows are a worker's business."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from crm_common.changes import Change, Usecase
from crm_common.imports import store
from crm_common.imports.engine import Importer
from crm_common.imports.files import Inspected, check_complete
from crm_common.protocol.importing import FileUpload, ImportFinished, ImportOffer, ImportRules, ImportState

_OPEN = (ImportState.UPLOADING, ImportState.MAPPED)
_ENDED = (ImportState.DONE, ImportState.FAILED, ImportState.CANCELLED)


def start(offer: ImportOffer, job_id: UUID, upload: FileUpload) -> Usecase:
    """A new import whose file is awaited at ``upload``."""

    def run(change: Change, command: Any) -> dict[str, Any]:
        actor = change.require(*offer.policy.permissions)
        store.insert(
            change.connection,
            {
                "id": job_id,
                "kind": command.kind.value,
                "policy": command.policy.value,
                "file_name": command.file_name,
                "owner_id": actor.id,
                "bulk": actor.may(offer.bulk),
                "language": change.context.language,
                "now": change.now,
            },
        )
        return {"job": job_id, "upload": upload}

    return run


def assign(inspected: Inspected) -> Usecase:
    """Keep what was found in the file."""

    def run(change: Change, command: Any) -> dict[str, Any]:
        job = _own(change, command.id, *_OPEN)
        store.set_values(
            change.connection,
            job.id,
            state=ImportState.MAPPED.value,
            header=inspected.header,
            mapping=inspected.mapping,
            total=inspected.total,
            digest=inspected.digest,
            policy=(command.policy or job.policy).value,
        )
        return {"job": job.id}

    return run


def run(importers: Mapping[str, Importer], columns: Mapping[str, Any], wake: Callable[[], None]) -> Usecase:
    """Hand the import to the worker, with the rights that its owner has now. ``columns`` by kind, read beforehand."""

    def usecase(change: Change, command: Any) -> dict[str, Any]:
        job = _own(change, command.id, ImportState.MAPPED)
        assert job.kind in importers
        check_complete(columns[job.kind], job.mapping or [])
        actor = change.context.authenticated()
        plain = msgspec.to_builtins(actor)
        store.set_values(
            change.connection,
            job.id,
            state=ImportState.RUNNING.value,
            actor=plain | {"permissions": sorted(actor.permissions), "hidden": sorted(actor.hidden)},
            correlation_id=change.context.correlation_id,
            language=change.context.language,
        )
        wake()
        return {"job": job.id}

    return usecase


def cancel(offer: ImportOffer) -> Usecase:
    """Stop an import: the worker finds out at its next batch, which is then not written."""

    def usecase(change: Change, command: Any) -> dict[str, Any]:
        job = _own(change, command.id, *_OPEN, ImportState.RUNNING)
        state = ImportState.CANCELLED.value
        store.set_values(change.connection, job.id, state=state, finished_at=change.now, holder=None, lease_until=None)
        change.record(finished(offer, job, ImportState.CANCELLED))
        return {"job": job.id}

    return usecase


def undo(importers: Mapping[str, Importer], wake: Callable[[], None]) -> Usecase:
    """Let the worker take back what was created, with the rights that its owner has now."""

    def usecase(change: Change, command: Any) -> dict[str, Any]:
        job = _own(change, command.id, *_ENDED)
        if importers[job.kind].undo_rows is None:
            raise ImportRules.this_import_cannot_be_undone(field="id")
        actor = change.context.authenticated()
        plain = msgspec.to_builtins(actor)
        store.set_values(
            change.connection,
            job.id,
            state=ImportState.UNDOING.value,
            finished_at=None,
            actor=plain | {"permissions": sorted(actor.permissions), "hidden": sorted(actor.hidden)},
            correlation_id=change.context.correlation_id,
        )
        wake()
        return {"job": job.id}

    return usecase


def finished(offer: ImportOffer, job: store.Job, state: ImportState) -> ImportFinished:
    """The event that an import has ended."""
    return offer.finished(
        import_id=job.id,
        owner_id=job.owner_id,
        kind=job.kind,
        state=state.value,
        created=job.created,
        updated=job.updated,
        skipped=job.skipped,
        failed=job.failed,
    )


def _own(change: Change, job_id: UUID, *states: ImportState) -> store.Job:
    job = store.locked(change.connection, job_id, change.context.authenticated().id)
    if job.state not in states:
        raise ImportRules.the_import_is_not_at_that_point(field="id", state=job.state.value)
    return job
