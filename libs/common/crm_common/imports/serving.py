"""Gives a service class its imports: `@importing(OFFER, {...})` adds the methods, the provider and the worker."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import io
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from nameko.extensions import DependencyProvider

from crm_common.context import Context
from crm_common.exchange import Column, CsvTable, XlsxTable, write_template
from crm_common.imports import store, usecases
from crm_common.imports.engine import Importer
from crm_common.imports.files import bytes_allowed, inspect, preview
from crm_common.imports.worker import Worker
from crm_common.objects import Objects
from crm_common.protocol.importing import (
    MAX_ROWS,
    FileLink,
    FileUpload,
    ImportFileKind,
    ImportOffer,
    ImportPreview,
    ImportRules,
    NameValue,
)
from crm_common.reading import Where
from crm_common.runtime.entrypoints import answer_with
from crm_common.runtime.host import ServiceHost, host_of
from crm_common.runtime.providers import objects_of
from crm_common.runtime.work import context_of

S = TypeVar("S", bound=type)
_UPLOAD_SECONDS = int(timedelta(hours=1).total_seconds())
_LINK_SECONDS = 600
_ANY_TYPE = "application/octet-stream"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CSV = "text/csv; charset=utf-8"
_ENDING_SECONDS = 20.0


class BoundImports:
    """Imports for one caller."""

    def __init__(self, host: ServiceHost, objects: Objects, importers: Mapping[str, Importer], worker: Worker) -> None:
        self.host = host
        self.objects = objects
        self.importers = importers
        self._worker = worker
        self.context: Context

    def for_caller(self, context: Context) -> BoundImports:
        """The same for a caller."""
        bound = BoundImports(self.host, self.objects, self.importers, self._worker)
        bound.context = context
        return bound

    def wake(self) -> None:
        """Let the worker look around at once."""
        self._worker.woken.set()

    def forget_all(self) -> None:
        """Remove the files that imports left: somebody in them was erased."""
        self._worker.forget_all()

    def columns(self, kind: str) -> Sequence[Column]:
        """The columns there are now."""
        return self.importers[kind].columns(self.host, self.context)

    def job(self, job_id: UUID) -> store.Job:
        """The caller's import; NOT_FOUND for anybody else's."""
        return store.loaded(self.host.store, job_id, self.context.authenticated().id)

    def upload(self, job_id: UUID, *, bulk: bool) -> FileUpload:
        """Where a new import's file is to be brought."""
        limit = bytes_allowed(bulk=bulk)
        key = f"imports/{job_id}/source"
        made = self.objects.upload(key, content_type=_ANY_TYPE, limit=limit, seconds=_UPLOAD_SECONDS)
        fields, headers = (
            [NameValue(name, value) for name, value in told.items()] for told in (made.fields, made.headers)
        )
        return FileUpload(made.url, made.method, fields, headers, made.expires_at, limit)

    def link(self, key: str | None, name: str) -> FileLink | None:
        """The address of a file that is there."""
        if key is None:
            return None
        kind = _XLSX if key.endswith(".xlsx") else _CSV
        url = self.objects.download_url(key, name=name, content_type=kind, seconds=_LINK_SECONDS)
        return FileLink(url, name)

    def template(self, kind: str, *, csv: bool) -> FileLink:
        """An empty table for this kind, with the columns of now."""
        columns, language = self.columns(kind), self.context.language
        suffix = "csv" if csv else "xlsx"
        key = f"templates/{self.host.service}-{kind.lower()}-{language[:2]}.{suffix}"
        if csv:
            stream = io.BytesIO()
            write_template(CsvTable(stream), columns, language)
            stream.seek(0)
            self.objects.put(key, stream)
        else:
            with tempfile.TemporaryDirectory(prefix="crm-template-") as folder:
                path = Path(folder) / "template.xlsx"
                write_template(XlsxTable(path, widths=[18] * len(columns)), columns, language)
                with path.open("rb") as file:
                    self.objects.put(key, file)
        link = self.link(key, f"{kind.lower()}.{suffix}")
        assert link is not None
        return link


class Imports(DependencyProvider):
    """The provider behind `importing`; its worker runs as long as the service does."""

    def __init__(self, offer: ImportOffer, importers: Mapping[str, Importer]) -> None:
        self.offer = offer
        self.importers = importers

    def setup(self) -> None:
        host = host_of(self.container)
        objects = objects_of(host)
        self._worker = Worker(host, objects, self.offer, self.importers)
        self._bound = BoundImports(host, objects, self.importers, self._worker)
        self._thread = threading.Thread(target=self._worker.loop, name=f"{host.service}-imports", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._worker.stop()
        if self._thread.is_alive():
            self._thread.join(_ENDING_SECONDS)

    def get_dependency(self, worker_ctx: Any) -> BoundImports:
        return self._bound.for_caller(context_of(worker_ctx))


def importing(offer: ImportOffer, importers: Mapping[str, Importer]) -> Callable[[S], S]:
    """Class decorator: the service answers everything in ``offer`` and works on its imports in the background.

    ``importers`` has one `Importer` for each member of ``offer.kinds``, by its value. The class needs ``commands`` and
    ``views``, and ``import_binding(offer)`` among the bindings of its views.
    """
    missing = {kind.value for kind in offer.kinds} ^ set(importers)
    if missing:
        raise TypeError(f"kinds and importers of {offer.noun} differ: {', '.join(sorted(missing))}")

    def decorate(cls: S) -> S:
        setattr(cls, "imports", Imports(offer, importers))  # noqa: B010 - mypy knows no such attribute
        answer_with(cls, _methods(offer))
        return cls

    return decorate


def _methods(offer: ImportOffer) -> dict[type, Callable[[Any, Any], Any]]:
    return {**_commands(offer), **_queries(offer)}


def _commands(offer: ImportOffer) -> dict[type, Callable[[Any, Any], Any]]:
    def start(self: Any, command: Any) -> Any:
        imports: BoundImports = self.imports
        job_id = imports.host.ids()
        upload = imports.upload(job_id, bulk=imports.context.authenticated().may(offer.bulk))
        return self.commands.run(usecases.start(offer, job_id, upload), command)

    def assign(self: Any, command: Any) -> Any:
        imports: BoundImports = self.imports
        job = imports.job(command.id)
        if job.state not in usecases._OPEN:
            raise ImportRules.the_import_is_not_at_that_point(field="id", state=job.state.value)
        most = imports.host.settings.get(MAX_ROWS)
        found = inspect(imports.objects, job, imports.columns(job.kind), command.mapping, most)
        return self.commands.run(usecases.assign(found), command)

    def run(self: Any, command: Any) -> Any:
        imports: BoundImports = self.imports
        kind = imports.job(command.id).kind
        columns = {kind: imports.columns(kind)}
        return self.commands.run(usecases.run(imports.importers, columns, imports.wake), command)

    def cancel(self: Any, command: Any) -> Any:
        return self.commands.run(usecases.cancel(offer), command)

    def undo(self: Any, command: Any) -> Any:
        return self.commands.run(usecases.undo(self.imports.importers, self.imports.wake), command)

    return {offer.start: start, offer.map: assign, offer.run: run, offer.cancel: cancel, offer.undo: undo}


def _queries(offer: ImportOffer) -> dict[type, Callable[[Any, Any], Any]]:
    def jobs(self: Any, query: Any) -> Any:
        return self.views.page(query, where=Where("{t}.owner_id = {me}", selective=True))

    def by_ids(self: Any, query: Any) -> Any:
        return self.views.get(query)

    def beginning(self: Any, query: Any) -> ImportPreview:
        imports: BoundImports = self.imports
        job = imports.job(query.id)
        return preview(imports.objects, job, imports.columns(job.kind), imports.context.language)

    def file(self: Any, query: Any) -> FileLink | None:
        imports: BoundImports = self.imports
        job = imports.job(query.id)
        errors = query.which is ImportFileKind.ERRORS
        key = job.errors_key if errors else job.kept_key
        stem = Path(job.file_name).stem
        suffix = Path(key or "").suffix
        return imports.link(key, f"{stem} - {'errors' if errors else 'kept'}{suffix}")

    def template(self: Any, query: Any) -> FileLink:
        made: FileLink = self.imports.template(query.kind.value, csv=query.csv)
        return made

    return {
        offer.jobs: jobs,
        offer.jobs_by_ids: by_ids,
        offer.preview: beginning,
        offer.file: file,
        offer.template: template,
    }
