"""Works on imports in the background: takes a job by lease, writes its batches, may be killed at any moment."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

import msgspec
import psycopg
import sqlalchemy as sa

from crm_common import faults, telemetry
from crm_common.changes import Change, ChangeHost, changing, repeating
from crm_common.context import Actor, Context
from crm_common.errors import Code, CrmError
from crm_common.exchange import Table
from crm_common.exchange.rows import ReadRow, RowReader
from crm_common.imports import store
from crm_common.imports.engine import BATCH, Batch, Importer, Outcome, RowResult
from crm_common.imports.files import batches, limits_of, opened, reasons_text, write_failed, write_kept
from crm_common.imports.store import Job, Noted
from crm_common.imports.usecases import finished
from crm_common.objects import Objects
from crm_common.protocol.importing import MAX_ROWS, ImportOffer, ImportRules, ImportState

_PULSE = 1.0
_RENEWED = 10.0
_PATIENCE = 600.0
_FORGET_EVERY = 600.0
_FILES_KEPT = timedelta(days=7)
_SOURCES_KEPT = timedelta(days=1)
_KEPT = frozenset({Outcome.CREATED, Outcome.SKIPPED, Outcome.FAILED})


class Surroundings(ChangeHost, Protocol):
    """What the worker needs of its service; ``crm_common.runtime.host.ServiceHost`` is one."""


class LostError(Exception):
    """Somebody else works on the job now, or it was stopped: nothing of what was under way here was written."""


class Worker:
    """One per process; jobs are worked on one after the other in the whole service."""

    def __init__(
        self, host: Surroundings, objects: Objects, offer: ImportOffer, importers: Mapping[str, Importer]
    ) -> None:
        self.host = host
        self.objects = objects
        self.offer = offer
        self.importers = importers
        self.woken = threading.Event()
        self._log = telemetry.logger(host.service)
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{host.ids()}"
        self._stop = threading.Event()
        self._renewed = self._told = 0.0
        self._forgot = time.monotonic()

    def loop(self) -> None:
        """Work until :meth:`stop`. It blocks: give it a thread."""
        while not self._stop.is_set():
            try:
                while not self._stop.is_set() and self.tick():
                    pass
                self._forget_now_and_then()
            except CrmError as away:
                self._log.warning("imports.waiting", problem=str(away))
            except Exception:  # noqa: BLE001 - the loop survives whatever a service's importer does
                self._log.exception("imports.failed")
            self.woken.wait(_PULSE)
            self.woken.clear()

    def stop(self) -> None:
        """End the loop after the batch under way; the job is left for another process."""
        self._stop.set()
        self.woken.set()

    def tick(self) -> bool:
        """Work on one job, if there is one to take; whether there was."""
        job = store.take(self.host.store, self._holder)
        if job is None:
            return self._report()
        context = self._context(job)
        self._renewed, self._told = time.monotonic(), 0.0
        try:
            with telemetry.bind(context, service=self.host.service, import_id=str(job.id), fencing=job.fencing):
                if job.state is ImportState.UNDOING:
                    self._undo(job)
                else:
                    self._import(job)
        except LostError:
            self._log.info("import.left", import_id=str(job.id))
        except CrmError as refused:
            if refused.code is Code.UNAVAILABLE:
                store.leave(self.host.store, job)
                raise
            self._end(job, ImportState.FAILED, problem=refused.message(job.language))
        except Exception as failure:  # noqa: BLE001 - what a service's importer does wrong would only happen again
            self._end(job, ImportState.FAILED, problem=self._why(failure, job).message(job.language))
        return True

    def _import(self, job: Job) -> None:
        importer = self.importers[job.kind]
        columns = importer.columns(self.host, self._context(job))
        limits = limits_of(job, self.host.settings.get(MAX_ROWS))

        def keep() -> None:
            self._keep(job)

        with opened(self.objects, job, limits, keep) as table:
            if job.total is None:
                job.total = self._count(job, table, keep)
            reader = RowReader(columns, job.mapping or [])
            for rows in batches(table, reader, after=job.done_row, size=BATCH, passed=keep):
                if self._stop.is_set():
                    store.leave(self.host.store, job)
                    raise LostError
                self._batch(job, importer, rows)
            left = job.failed or job.skipped
            key = write_failed(self.host.store, self.objects, job, table, keep) if left else None
        self._end(job, ImportState.DONE, errors_key=key)

    def _count(self, job: Job, table: Table, keep: Callable[[], None]) -> int:
        total = table.count(passed=keep)
        with changing(self.host, self._context(job)) as change:
            self._hold(change, job)
            store.set_values(change.connection, job.id, total=total)
        return total

    def _batch(self, job: Job, importer: Importer, rows: Sequence[ReadRow]) -> None:
        """One transaction: rows, their events, what is kept of them, how far the file was gone through."""
        refused: list[RowResult] = []
        good = [row for row in rows if not row.faults]

        def attempt() -> Counter[Outcome]:
            with changing(self.host, self._context(job)) as change:
                self._hold(change, job)
                batch = Batch(job.id, job.policy, good, self.host)
                results = list(importer.write_rows(change, batch)) if good else []
                found = {each.number: each for each in results}
                if found.keys() != {row.number for row in good} or len(results) != len(good):
                    raise TypeError(f"write_rows answers for {len(results)} rows of {len(good)}")
                counts = self._note(change, job, rows, {**found, **{each.number: each for each in refused}})
            faults.point(faults.CHANGE_COMMITTED)
            return counts

        while True:
            try:
                counts = repeating(attempt)
            except (CrmError, sa.exc.DBAPIError, psycopg.Error) as failure:
                if isinstance(failure, CrmError) and failure.code is Code.UNAVAILABLE:
                    raise
                if len(good) > 1:
                    # one of them is to blame: the halves find out which
                    half = rows[len(rows) // 2].number
                    self._batch(job, importer, [row for row in rows if row.number < half])
                    self._batch(job, importer, [row for row in rows if row.number >= half])
                    return
                if not good:
                    raise
                refused.append(RowResult(good.pop().number, Outcome.FAILED, why=self._why(failure, job)))
            else:
                break
        job.done_row = rows[-1].number
        for outcome, count in counts.items():
            name = outcome.value.lower()
            setattr(job, name, getattr(job, name) + count)

    def _note(
        self,
        change: Change,
        job: Job,
        rows: Sequence[ReadRow],
        results: Mapping[int, RowResult],
    ) -> Counter[Outcome]:
        kept: list[Noted] = []
        counts: Counter[Outcome] = Counter()
        for row in rows:
            result = results.get(row.number)
            if result is None:
                counts[Outcome.FAILED] += 1
                kept.append(Noted(row.number, "FAILED", None, reasons_text(row.faults)))
                continue
            counts[result.outcome] += 1
            if result.outcome is Outcome.CREATED:
                kept.append(Noted(row.number, "CREATED", result.record_id))
            elif result.outcome in _KEPT:
                why = reasons_text([result.why, *result.why.also] if result.why else [])
                kept.append(Noted(row.number, result.outcome.value, result.record_id, why))
        done = store.note(change.connection, job, kept, counts, rows[-1].number)
        if time.monotonic() - self._told >= 1.0:
            self._told = time.monotonic()
            change.record(self.offer.progressed(import_id=job.id, kind=job.kind, done=done, total=job.total))
        return counts

    def _report(self) -> bool:
        """Write what became of the rows of one import that did not come to its end; whether there was one."""
        job = store.unreported(self.host.store)
        if job is None:
            return False
        key = None
        try:
            with opened(self.objects, job, limits_of(job, self.host.settings.get(MAX_ROWS)), _nothing) as table:
                key = write_failed(self.host.store, self.objects, job, table, _nothing)
        except CrmError as refused:
            if refused.code is Code.UNAVAILABLE:
                raise
            # the file is another one, or gone: there is nothing to show beside the reasons
            self._log.warning("import.unreported", import_id=str(job.id), problem=str(refused))
        with self.host.store.transaction() as connection:
            store.set_values(connection, job.id, errors_key=key)
            store.forget_reasons(connection, job.id)
        return True

    def _undo(self, job: Job) -> None:
        importer = self.importers[job.kind]
        assert importer.undo_rows is not None
        while True:
            with changing(self.host, self._context(job)) as change:
                self._hold(change, job)
                rows = store.created(change.connection, job, BATCH)
                if not rows:
                    break
                answers = importer.undo_rows(change, [record for _, record in rows])
                told = [
                    (number, "UNDONE", None) if why is None else (number, "KEPT", reasons_text([why]))
                    for (number, _), why in zip(rows, answers, strict=True)
                ]
                job.kept += sum(each[1] == "KEPT" for each in told)
                job.taken_back += sum(each[1] == "UNDONE" for each in told)
                store.note_undone(change.connection, job, told)
                values = {"kept": job.kept, "taken_back": job.taken_back}
                store.set_values(change.connection, job.id, **values)
            if self._stop.is_set():
                store.leave(self.host.store, job)
                raise LostError
        key = write_kept(self.host.store, self.objects, job) if job.kept else None
        self._end(job, ImportState.UNDONE, kept_key=key)

    def _end(self, job: Job, state: ImportState, **values: Any) -> None:
        with changing(self.host, self._context(job)) as change:
            self._hold(change, job)
            ended = {"state": state.value, "finished_at": change.now, "holder": None, "lease_until": None}
            store.set_values(change.connection, job.id, **ended, **values)
            if state in (ImportState.DONE, ImportState.UNDONE):
                store.forget_reasons(change.connection, job.id)
            if state is ImportState.UNDONE:
                told = {"taken_back": job.taken_back, "kept": job.kept}
                change.record(self.offer.undone(import_id=job.id, kind=job.kind, **told))
            else:
                change.record(finished(self.offer, job, state))
        if state is ImportState.DONE:
            # what is still needed of it, the database and the error file have
            self.objects.delete(job.source_key)

    def _hold(self, change: Change, job: Job) -> None:
        if not store.hold(change.connection, job):
            raise LostError

    def forget(self, kept: timedelta = _FILES_KEPT) -> int:
        """Remove files that were ``kept`` long enough: those an import left; and those nobody ran; how many jobs.

        A job that was forgotten keeps its figures and can still be undone.
        """
        now = self.host.clock.now()
        found = store.outdated(self.host.store, now - kept, now - _SOURCES_KEPT)
        for job_id, *keys in found:
            # files first: whoever dies here is followed by somebody who finds the job again
            for key in (f"imports/{job_id}/source", *keys):
                if key is not None:
                    self.objects.delete(key)
            with self.host.store.transaction() as connection:
                store.forget(connection, job_id)
        return len(found)

    def forget_all(self) -> None:
        """Remove all files that imports left."""
        while self.forget(timedelta()):
            pass

    def _forget_now_and_then(self) -> None:
        if time.monotonic() - self._forgot > _FORGET_EVERY:
            self._forgot = time.monotonic()
            self.forget()

    def _keep(self, job: Job) -> None:
        # a green process has other things to do meanwhile
        time.sleep(0)
        if time.monotonic() - self._renewed > _RENEWED:
            self._renewed = time.monotonic()
            with changing(self.host, self._context(job)) as change:
                self._hold(change, job)

    def _why(self, failure: Exception, job: Job) -> CrmError:
        if isinstance(failure, CrmError):
            return failure
        self._log.error("import.row_failed", import_id=str(job.id), exc_info=failure)
        return ImportRules.the_row_failed(correlation_id=job.correlation_id)

    def _context(self, job: Job) -> Context:
        return Context(
            actor=msgspec.convert(job.actor, Actor),
            correlation_id=job.correlation_id or f"import-{job.id}",
            deadline=time.time() + _PATIENCE,
            language=job.language,
            client="import",
        )


def _nothing() -> None:
    pass
