"""Reads what waits to be read: files that took too long when they came, and older versions that are current again."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.objects import NoSuchObjectError, Objects
from crm_common.objects.port import copy_to
from crm_common.protocol.documents.events import DocumentTextFound
from documents.adapters.texts import NOTHING, Said, text_of
from documents.store import files, texts
from documents.usecases.changing import locked, told

_SECONDS = 120.0


def read_waiting(run: JobRun, objects: Objects) -> None:
    """One after the other; a second time nobody waits for the same file."""
    run.report["read"] = 0
    while True:
        with run.change() as change:
            waiting = texts.waiting(change.connection)
        if waiting is None or run.dry_run:
            return
        said = _read(objects, waiting)
        with run.change() as change:
            _keep(change, waiting.document_id, waiting.number, said)
        run.report["read"] += 1


def _read(objects: Objects, waiting: texts.Waiting) -> Said:
    with tempfile.TemporaryDirectory(prefix="crm-document-") as folder:
        path = Path(folder) / "content"
        try:
            copy_to(objects, waiting.object_key, path)
        except NoSuchObjectError:
            return NOTHING
        said = text_of(path, waiting.content_type, seconds=_SECONDS)
    return said if said.state == "FOUND" else NOTHING


def _keep(change: Change, document_id: UUID, number: int, said: Said) -> None:
    found = locked(change, document_id)
    if found.number != number or found.is_encrypted:
        return
    files.keep_text(change.connection, document_id, number, said.text, said.state)
    change.record(DocumentTextFound(**told(found, found)))
