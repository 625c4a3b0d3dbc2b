"""Writes exports in the background: one after the other in a service; one whose writer died is begun anew."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from crm_common import codec, telemetry
from crm_common.changes import ChangeHost, changing
from crm_common.context import Actor, Context
from crm_common.errors import Code, CrmError
from crm_common.exchange import Column, CsvTable, Format, XlsxTable
from crm_common.exports.engine import Exporter, bars_of, chosen, rows_of
from crm_common.objects import Objects
from crm_common.protocol.exporting import ExportOffer
from crm_common.protocol.importing import ImportRules
from crm_common.protocol.platform import TIMEZONE
from crm_common.reading import Reader
from crm_common.store import Store

_PULSE = 1.0
_PATIENCE = 60.0
_LEASE = "60 seconds"
_KEPT_EVERY = 5.0
_FORGET_EVERY = 600.0
_FILES_KEPT = timedelta(days=7)
_LOCK = 0x63726D03
_TAKE = f"""
UPDATE export_job SET fencing = fencing + 1, lease_until = clock_timestamp() + '{_LEASE}'
WHERE id = (SELECT id FROM export_job WHERE state = 'RUNNING' ORDER BY created_at, id LIMIT 1 FOR UPDATE)
    AND NOT EXISTS (SELECT FROM export_job WHERE state = 'RUNNING' AND lease_until > clock_timestamp())
RETURNING id, kind, format, asked, reason, actor, language, correlation_id, fencing
"""
_KEEP = f"""
UPDATE export_job SET rows = %s, lease_until = clock_timestamp() + '{_LEASE}'
WHERE id = %s AND fencing = %s AND state = 'RUNNING' RETURNING true
"""
_END = """
UPDATE export_job SET state = %(state)s, rows = %(rows)s, key = %(key)s, problem = %(problem)s, finished_at = %(now)s,
    lease_until = NULL
WHERE id = %(id)s AND fencing = %(fencing)s AND state = 'RUNNING' RETURNING true
"""

_OUTDATED = "SELECT id, key FROM export_job WHERE key IS NOT NULL AND finished_at <= %s ORDER BY finished_at LIMIT 100"


@dataclass(frozen=True, slots=True)
class Job:
    """An export that this process writes."""

    id: UUID
    kind: str
    format: str
    asked: dict[str, Any]
    reason: str | None
    actor: Any
    language: str
    correlation_id: str
    fencing: int

    def context(self) -> Context:
        """The owner's, with the rights that he had when he asked."""
        return Context(
            actor=msgspec.convert(self.actor, Actor),
            correlation_id=self.correlation_id,
            deadline=time.time() + _PATIENCE,
            language=self.language,
            client="export",
        )


class LostError(Exception):
    """Somebody else writes the export now."""


class Worker:
    """One per process."""

    def __init__(
        self, host: ChangeHost, objects: Objects, offer: ExportOffer, exporters: Mapping[str, Exporter], reader: Reader
    ) -> None:
        self.host = host
        self.objects = objects
        self.offer = offer
        self.exporters = exporters
        self.reader = reader
        self.woken = threading.Event()
        self._log = telemetry.logger(host.service)
        self._stop = threading.Event()
        self._forgot = time.monotonic()

    def loop(self) -> None:
        """Work until :meth:`stop`. It blocks: give it a thread."""
        while not self._stop.is_set():
            try:
                while not self._stop.is_set() and self.tick():
                    pass
                self._forget_now_and_then()
            except CrmError as away:
                self._log.warning("exports.waiting", problem=str(away))
            except Exception:  # noqa: BLE001 - the loop survives what it does not foresee
                self._log.exception("exports.failed")
            self.woken.wait(_PULSE)
            self.woken.clear()

    def stop(self) -> None:
        """End the loop; an export under way is begun anew by another process."""
        self._stop.set()
        self.woken.set()

    def tick(self) -> bool:
        """Write one export, if there is one to take; whether there was."""
        job = take(self.host.store)
        if job is None:
            return False
        try:
            with telemetry.bind(job.context(), service=self.host.service, export_id=str(job.id)):
                self._write(job)
        except LostError:
            self._log.info("export.left", export_id=str(job.id))
        except CrmError as refused:
            if refused.code is Code.UNAVAILABLE:
                raise
            self._end(job, "FAILED", problem=refused.message(job.language))
        except Exception:  # noqa: BLE001 - it would only happen again
            self._log.exception("export.failed", export_id=str(job.id))
            failure = ImportRules.the_row_failed(correlation_id=job.correlation_id)
            self._end(job, "FAILED", problem=failure.message(job.language))
        return True

    def forget(self, kept: timedelta = _FILES_KEPT) -> int:
        """Remove files that were ``kept`` long enough, the oldest hundred first; how many."""
        before = self.host.clock.now() - kept
        found = self.host.store.rows(_OUTDATED, (before,))
        for export_id, key in found:
            self.objects.delete(key)
            with self.host.store.transaction() as connection:
                connection.exec_driver_sql("UPDATE export_job SET key = NULL WHERE id = %s", (export_id,))
        return len(found)

    def forget_all(self) -> None:
        """Remove all files there are."""
        while self.forget(timedelta()):
            pass

    def _forget_now_and_then(self) -> None:
        if time.monotonic() - self._forgot > _FORGET_EVERY:
            self._forgot = time.monotonic()
            self.forget()

    def _write(self, job: Job) -> None:
        exporter, form = self.exporters[job.kind], Format(job.format)
        columns = chosen(exporter.columns(self.host, job.context()), job.asked["columns"])
        key = f"exports/{job.id}/table{form.suffix}"
        with tempfile.TemporaryDirectory(prefix="crm-export-") as folder:
            path = Path(folder) / "table"
            if form is Format.XLSX:
                with XlsxTable(path, widths=[16] * len(columns), bars=bars_of(exporter, columns)) as book:
                    book.write([column.heading(job.language) for column in columns], heading=True)
                    rows = self._pages(job, exporter, columns, book)
            else:
                with path.open("wb") as stream:
                    table = CsvTable(stream, encoding="gb18030" if form is Format.CSV_GB18030 else "utf-8-sig")
                    table.write([column.heading(job.language) for column in columns])
                    rows = self._pages(job, exporter, columns, table)
                    table.close()
            with path.open("rb") as written:
                self.objects.put(key, written)
        self._end(job, "DONE", rows=rows, key=key)

    def _pages(self, job: Job, exporter: Exporter, columns: list[Column], table: Any) -> int:
        rows, kept = 0, time.monotonic()
        zone = ZoneInfo(self.host.settings.get(TIMEZONE))
        for page in rows_of(exporter, self.reader, job.asked, columns, job.context):
            for row in page:
                table.write([_local(cell, zone) if type(cell) is datetime else cell for cell in row])
            rows += len(page)
            if self._stop.is_set() or time.monotonic() - kept > _KEPT_EVERY:
                kept = time.monotonic()
                self._keep(job, rows)
        return rows

    def _keep(self, job: Job, rows: int) -> None:
        if self._stop.is_set():
            raise LostError
        with self.host.store.transaction() as connection:
            if not connection.exec_driver_sql(_KEEP, (rows, job.id, job.fencing)).scalar():
                raise LostError

    def _end(self, job: Job, state: str, *, rows: int = 0, key: str | None = None, problem: str | None = None) -> None:
        with changing(self.host, job.context()) as change:
            values = {"id": job.id, "fencing": job.fencing, "now": change.now}
            ended = values | {"state": state, "rows": rows, "key": key, "problem": problem}
            if not change.connection.exec_driver_sql(_END, ended).scalar():
                raise LostError
            if state == "DONE":
                asked = job.asked["filter"]
                told = {"reason": job.reason, "filter": codec.encode(asked).decode() if asked else None}
                owner = UUID(job.actor["id"])
                change.record(self.offer.done(export_id=job.id, owner_id=owner, kind=job.kind, rows=rows, **told))


def take(store: Store) -> Job | None:
    """The oldest export that waits, when nobody in the service writes any."""
    if not store.rows("SELECT FROM export_job WHERE state = 'RUNNING' LIMIT 1"):
        return None
    with store.transaction() as connection:
        if not connection.exec_driver_sql("SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,)).scalar():
            return None
        row = connection.exec_driver_sql(_TAKE).first()
        values: tuple[Any, ...] = () if row is None else tuple(row)
        return Job(*values) if values else None


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    # a spreadsheet knows no zones: it shows the company's time
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment
