"""Gives a service class its exports: `@exporting(OFFER, {...})` adds the methods, the provider and the worker."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from nameko.extensions import DependencyProvider

from crm_common import codec
from crm_common.changes import Change, Usecase
from crm_common.context import Context
from crm_common.errors import CommonRules
from crm_common.exchange import Format
from crm_common.exports.engine import Exporter, chosen, inside, ordered, selection
from crm_common.exports.worker import Worker
from crm_common.objects import Objects
from crm_common.protocol.declare import services
from crm_common.protocol.exporting import REASON_OVER, ExportOffer
from crm_common.protocol.importing import FileLink, ImportRules
from crm_common.protocol.views import ViewShape, shape_of
from crm_common.reading import Reader, Where
from crm_common.runtime.entrypoints import answer_with
from crm_common.runtime.host import ServiceHost, host_of
from crm_common.runtime.providers import Views, objects_of
from crm_common.runtime.work import context_of

S = TypeVar("S", bound=type)
_LINK_SECONDS = 600
_ENDING_SECONDS = 20.0
_INSERT = """
INSERT INTO export_job (id, kind, format, owner_id, asked, reason, actor, language, correlation_id, created_at)
VALUES (%(id)s, %(kind)s, %(format)s, %(owner_id)s, %(asked)s, %(reason)s, %(actor)s, %(language)s, %(correlation_id)s,
    %(now)s)
"""


class BoundExports:
    """Exports for one caller."""

    def __init__(self, worker: Worker, host: ServiceHost, context: Context) -> None:
        self.host = host
        self.context = context
        self._worker = worker

    @property
    def objects(self) -> Objects:
        """Where files lie."""
        return self._worker.objects

    def asked(self, command: Any) -> dict[str, Any]:
        """What a command asks for, tried once: VALIDATION for what the list does not know, or for want of a reason."""
        exporter = self._worker.exporters[command.kind.value]
        reader: Reader = self._worker.reader
        columns = chosen(exporter.columns(self.host, self.context), command.columns)
        asked = {
            "filter": inside(command.filter, _shape(exporter)),
            "order": command.order,
            "columns": [column.key for column in columns],
        }
        query = exporter.query(
            select=selection(columns), filter=asked["filter"], order_by=ordered(command.order), first=1, total=True
        )
        page = exporter.answer(reader, query, self.context)
        limit = self.host.settings.get(REASON_OVER)
        if page["total_at_least"] > limit and not (command.reason or "").strip():
            raise ImportRules.a_reason_is_needed_for_so_many(field="reason", limit=limit)
        return asked

    def start(self, asked: dict[str, Any]) -> Usecase:
        """The use case that hands the export to the worker, with the rights that its owner has now."""

        def usecase(change: Change, command: Any) -> dict[str, Any]:
            actor, export_id = change.context.authenticated(), change.new_id()
            plain = msgspec.to_builtins(actor)
            plain |= {"permissions": sorted(actor.permissions), "hidden": sorted(actor.hidden)}
            values = {
                "id": export_id,
                "kind": command.kind.value,
                "format": command.format.value,
                "owner_id": actor.id,
                "asked": codec.encode(asked).decode(),
                "reason": command.reason,
                "actor": codec.encode(plain).decode(),
                "language": change.context.language,
                "correlation_id": change.context.correlation_id,
                "now": change.now,
            }
            change.connection.exec_driver_sql(_INSERT, values)
            self._worker.woken.set()
            return {"job": export_id}

        return usecase

    def forget_all(self) -> None:
        """Remove the files of all exports: what they were made of was erased."""
        self._worker.forget_all()

    def link(self, export_id: UUID) -> FileLink | None:
        """The address of the caller's file."""
        owner = self.context.authenticated().id
        sql = "SELECT kind, format, key FROM export_job WHERE id = %s AND owner_id = %s"
        found = self.host.store.rows(sql, (export_id, owner))
        if not found:
            raise CommonRules.the_record_was_not_found(field="id")
        ((kind, form, key),) = found
        if key is None:
            return None
        name = f"{kind.lower()}{Format(form).suffix}"
        kind = Format(form).content_type
        return FileLink(self.objects.download_url(key, name=name, content_type=kind, seconds=_LINK_SECONDS), name)


class Exports(DependencyProvider):
    """The provider behind `exporting`; its worker runs as long as the service does."""

    container: Any = None

    def __init__(self, offer: ExportOffer, exporters: Mapping[str, Exporter]) -> None:
        self.offer = offer
        self.exporters = exporters

    def setup(self) -> None:
        self._host = host_of(self.container)
        (views,) = (each for each in self.container.dependencies if isinstance(each, Views))
        objects = objects_of(self._host)
        self._worker = Worker(self._host, objects, self.offer, self.exporters, views.reader)
        name = f"{self._host.service}-exports"
        self._thread = threading.Thread(target=self._worker.loop, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._worker.stop()
        if self._thread.is_alive():
            self._thread.join(_ENDING_SECONDS)

    def get_dependency(self, worker_ctx: Any) -> BoundExports:
        return BoundExports(self._worker, self._host, context_of(worker_ctx))


def exporting(offer: ExportOffer, exporters: Mapping[str, Exporter]) -> Callable[[S], S]:
    """Class decorator: the service answers everything in ``offer`` and writes its exports in the background.

    ``exporters`` has one `Exporter` for each member of ``offer.kinds``, by its value. The class needs ``commands`` and
    ``views``, and ``export_binding(offer)`` among the bindings of its views.
    """
    missing = {kind.value for kind in offer.kinds} ^ set(exporters)
    if missing:
        raise TypeError(f"kinds and exporters of {offer.noun} differ: {', '.join(sorted(missing))}")

    def decorate(cls: S) -> S:
        setattr(cls, "exports", Exports(offer, exporters))  # noqa: B010 - mypy knows no such attribute
        answer_with(cls, _methods(offer))
        return cls

    return decorate


def _methods(offer: ExportOffer) -> dict[type, Callable[[Any, Any], Any]]:
    def start(self: Any, command: Any) -> Any:
        exports: BoundExports = self.exports
        return self.commands.run(exports.start(exports.asked(command)), command)

    def jobs(self: Any, query: Any) -> Any:
        return self.views.page(query, where=Where("{t}.owner_id = {me}", selective=True))

    def by_ids(self: Any, query: Any) -> Any:
        return self.views.get(query)

    def file(self: Any, query: Any) -> FileLink | None:
        exports: BoundExports = self.exports
        return exports.link(query.id)

    return {offer.start: start, offer.jobs: jobs, offer.jobs_by_ids: by_ids, offer.file: file}


def _shape(exporter: Exporter) -> ViewShape:
    for service in services().values():
        for operation in service.queries.values():
            if operation.cls is exporter.query:
                return shape_of(operation.returns)
    raise TypeError(f"{exporter.query.__name__} is not a declared query")
