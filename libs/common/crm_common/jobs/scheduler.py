"""The loop each replica runs: takes due runs by lease, resumes those of dead replicas, keeps its own alive."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfoNotFoundError

from crm_common import telemetry
from crm_common.changes import ChangeHost
from crm_common.context import Context
from crm_common.errors import CommonRules, CrmError
from crm_common.jobs.rows import Row, Runs
from crm_common.jobs.run import Job, JobRun, LeaseLostError, Outcome, StoppingError
from crm_common.jobs.schedule import Schedule, schedule
from crm_common.journal.write import actor_text
from crm_common.protocol.platform import ALLOW_TIME_TRAVEL, TIMEZONE, PlatformRules
from crm_common.store import waiting_until
from crm_common.telemetry.masking import mask_text

RETRIES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900, 3600))
"""Delays before a failed run is tried again, unless the next due time comes first; after the last it has failed."""
_TAKEN_UP = 20
"""A run that so many processes took up and left without a word kills them: it has failed."""


class Scheduler:
    """Runs the jobs of one service, at most once per due time over all replicas.

    ``lease`` seconds after a replica died another one takes up its run at the last checkpoint. ``pulse`` is how often
    (seconds) the loop looks around. A due time missed while nobody ran is made up for once, however many there were.
    """

    def __init__(self, host: ChangeHost, jobs: Iterable[Job], *, lease: float = 60.0, pulse: float = 1.0) -> None:
        self.host = host
        self.jobs = {job.name: job for job in jobs}
        for job in self.jobs.values():
            schedule(job.schedule, TIMEZONE.default)  # a faulty expression is told at the start, not at its hour
        self._lease = lease
        self._pulse = min(pulse, lease / 4)
        self._log = telemetry.logger(host.service)
        self._runs = Runs(host.store, f"{socket.gethostname()}:{os.getpid()}:{host.ids()}", timedelta(seconds=lease))
        self._stopping = threading.Event()
        self._working: dict[tuple[UUID, int], threading.Thread | None] = {}
        self._due: dict[str, tuple[Schedule, datetime]] = {}
        self._seen_at = self._renewed_at = float("-inf")

    def loop(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; then runs under way stop at their next change. It blocks: give it a thread."""
        while not stop.is_set():
            try:
                self.tick()
            except CrmError as error:
                self._log.warning("jobs.waiting", problem=str(error))
            stop.wait(self._pulse)
        self._stopping.set()
        for thread in list(self._working.values()):
            if thread is not None:
                thread.join()

    def tick(self) -> None:
        """Look around once: keep leases, begin what is due, take up what was left. Runs go on in threads."""
        now = time.monotonic()
        if now - self._renewed_at >= self._lease / 3:
            self._runs.renew([run_id for run_id, _ in list(self._working)])
            self._renewed_at = now
        for job in self.jobs.values():
            self._begin_if_due(job)
        if self.jobs and now - self._seen_at >= min(5.0, self._lease / 3):
            while (row := self._runs.resume(list(self.jobs))) is not None:
                self._start(row)
            self._seen_at = now

    def run_now(
        self, name: str, context: Context, *, as_of: datetime | None = None, dry_run: bool = False
    ) -> dict[str, Any]:
        """Run a job and wait for its end: the run as ``listing`` shows it. A failure is its outcome, not an exception.

        While another run of the job is under way this waits, up to the deadline, and then refuses.
        """
        job = self.jobs.get(name)
        if job is None:
            raise PlatformRules.there_is_no_such_job(field="name", name=name)
        if as_of is not None and as_of.tzinfo is None:
            raise CommonRules.a_value_has_the_wrong_shape(field="as_of", problem="a moment needs a time zone")
        if as_of is not None and not self.host.settings.get(ALLOW_TIME_TRAVEL):
            raise CommonRules.the_clock_may_not_be_moved(field="as_of")
        row = self._take_asked(name, context, as_of, dry_run=dry_run)
        self._working[row.id, row.fencing] = None
        with waiting_until(None):  # the run goes on also when nobody waits for its answer any more
            self._work(job, row)
        return self._runs.latest([name], row.id)[name]

    def listing(self) -> list[dict[str, Any]]:
        """The jobs by name: schedule, doc, next due time, last run (or None). JSON-able."""
        latest = self._runs.latest(list(self.jobs))
        now = self.host.clock.now()
        return [
            {
                "name": job.name,
                "schedule": job.schedule,
                "doc": job.doc,
                "next_due": self._schedule(job).next_after(now),
                "last_run": latest.get(job.name),
            }
            for job in sorted(self.jobs.values(), key=lambda job: job.name)
        ]

    def _schedule(self, job: Job) -> Schedule:
        try:
            return schedule(job.schedule, self.host.settings.get(TIMEZONE))
        except ZoneInfoNotFoundError:
            return schedule(job.schedule, TIMEZONE.default)

    def _begin_if_due(self, job: Job) -> None:
        now, when = self.host.clock.now(), self._schedule(job)
        known, due = self._due.get(job.name, (None, now))
        if known is None:
            self._first_sight(job, when.last_until(now))
        elif known is not when:
            # another zone: the hour shifts, nothing is made up for
            due = when.next_after(now)
        self._due[job.name] = (when, due)
        if due > now:
            return
        if job.only_if is not None and not job.only_if():
            self._due[job.name] = (when, when.next_after(now))
            return
        due = when.last_until(now)
        row = self._runs.begin(self.host.ids(), job.name, due)
        if row is not None:
            self._start(row)
        elif self._runs.seen([job.name]).get(job.name, due - timedelta(1)) < due:
            return  # the run before is not finished: look again at the next pulse
        self._due[job.name] = (when, when.next_after(now))

    def _first_sight(self, job: Job, due: datetime) -> None:
        if not job.at_first_sight and job.name not in self._runs.seen([job.name]):
            self._runs.skip(self.host.ids(), job.name, due)

    def _take_asked(self, name: str, context: Context, as_of: datetime | None, *, dry_run: bool) -> Row:
        asked_by = actor_text(context.actor) or "nobody"
        while True:
            moment = as_of or self.host.clock.now()
            row = self._runs.begin(
                self.host.ids(), name, moment, now=as_of, asked_by=asked_by, dry_run=dry_run,
                correlation_id=context.correlation_id,
            )  # fmt: skip
            if row is not None:
                return row
            if self._stopping.is_set():
                raise CommonRules.the_service_is_unavailable(service=self.host.service)
            if context.remaining() < 0.5:
                raise PlatformRules.the_job_is_running_already(field="name", name=name)
            self._stopping.wait(0.1)

    def _start(self, row: Row) -> None:
        thread = threading.Thread(target=self._work, args=(self.jobs[row.name], row), name=row.name, daemon=True)
        self._working[row.id, row.fencing] = thread
        thread.start()

    def _work(self, job: Job, row: Row) -> None:
        run = JobRun(self.host, self._runs, row, self._stopping)
        began = time.monotonic()
        try:
            with telemetry.bind(run.context, service=self.host.service, job=job.name, fencing=row.fencing):
                outcome = self._outcome(job, row, run)
                self._log.info("job.ended", outcome=outcome, seconds=round(time.monotonic() - began, 3), **run.report)
            if outcome in Outcome.__members__:
                telemetry.observe_job(job.name, outcome, time.monotonic() - began)
        except CrmError as lost:
            # the database is away: the lease ends by itself and somebody takes the run up
            self._log.warning("job.left", job=job.name, problem=str(lost))
        finally:
            del self._working[row.id, row.fencing]

    def _outcome(self, job: Job, row: Row, run: JobRun) -> str:
        try:
            _run(job, run)
        except LeaseLostError:
            return "lost"
        except StoppingError:
            self._runs.give_back(row, timedelta(0))
            return "handed over"
        except Exception as failure:  # noqa: BLE001 - whatever a job raises is its outcome
            return self._failed(row, run, failure)
        report = run.report | ({"events": dict(run.events)} if run.events else {})
        return Outcome.DONE if self._runs.finish(row, Outcome.DONE, report) else "lost"

    def _failed(self, row: Row, run: JobRun, failure: Exception) -> str:
        error = mask_text(f"{type(failure).__name__}: {failure}")[:2000]
        again = row.asked_by is None and row.attempts < len(RETRIES) and row.fencing <= _TAKEN_UP
        self._log.error("job.failed", job=row.name, attempt=row.attempts + 1, again=again, exc_info=failure)
        if again:
            return "again later" if self._runs.give_back(row, RETRIES[row.attempts], error) else "lost"
        return Outcome.FAILED if self._runs.finish(row, Outcome.FAILED, run.report, error) else "lost"


def _run(job: Job, run: JobRun) -> None:
    if run.fencing > _TAKEN_UP:
        raise RuntimeError(f"{_TAKEN_UP} processes took this run up and died")
    job.run(run)
