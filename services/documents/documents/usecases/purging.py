"""Files leave the recycle bin for good (DOC-15), their bytes after their rows: what is lost then is only room."""

from __future__ import annotations

from datetime import timedelta

from crm_common.jobs import JobRun
from crm_common.objects import Objects
from crm_common.protocol.documents.events import DocumentPurged
from documents.store import bin as store
from documents.usecases.changing import told


def purge_deleted(run: JobRun, objects: Objects, keep_days: int) -> None:
    """Each file that has lain there for so many days, in a transaction of its own."""
    run.report["purged"] = 0
    while True:
        with run.change() as change:
            found = store.due(change.connection, run.now - timedelta(days=keep_days))
            keys = []
            if found is not None:
                keys = store.purge(change.connection, found.id)
                change.record(DocumentPurged(**told(found, found)))
        if found is None:
            return
        run.report["purged"] += 1
        if run.dry_run:
            return
        for key in keys:
            objects.delete(key)
