"""One run of a job as its method sees it: the moment, the checkpoint, transactions that cannot outlive the lease."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NoReturn

from crm_common.changes import Change, ChangeHost, changing
from crm_common.context import Context, system_context
from crm_common.jobs.rows import Row, Runs

PATIENCE = 600.0
"""Seconds for which a context of a run is good: what it asks of others within one step."""


class Outcome(StrEnum):
    """How a run ended. ``SKIPPED``: the due time before a job was first seen, noted so that it is not made up for."""

    DONE = "DONE"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


class LeaseLostError(Exception):
    """Another process has taken the run up: nothing of what was under way here was written."""


class StoppingError(Exception):
    """This process is ending: the run goes on in another one, from its checkpoint."""


class _NothingKept(Exception):  # noqa: N818 - it only rolls a dry run back
    pass


class JobRun:
    """What a method marked ``every`` gets. ``report`` is for figures that the run's row and ``runJob`` show (JSON)."""

    def __init__(self, host: ChangeHost, runs: Runs, row: Row, stopping: threading.Event) -> None:
        self._host = host
        self._runs = runs
        self._row = row
        self._stopping = stopping
        self._open: Change | None = None
        self._saved: tuple[Any] | None = None
        self._context = system_context(host.service, correlation_id=row.correlation_id)
        self.events: Counter[str] = Counter()
        """How many events of each type the run's changes recorded."""
        self.report: dict[str, Any] = {}
        self.now: datetime = row.now or host.clock.now()
        """The moment that counts as now (UTC): ``asOf`` of a ``runJob``, else the time at which this run began here."""
        self.checkpoint: Any = row.checkpoint
        """What an earlier holder of this run, or this one, saved last (a JSON value), or None."""

    @property
    def name(self) -> str:
        """The job's name."""
        return self._row.name

    @property
    def scheduled_for(self) -> datetime:
        """The due time this run is for; of a run that somebody asked for, the moment it is as of."""
        return self._row.scheduled_for

    @property
    def dry_run(self) -> bool:
        """Whether nothing may be changed: then :meth:`change` rolls back."""
        return self._row.dry_run

    @property
    def fencing(self) -> int:
        """Grows with each process that takes the run up, from 1."""
        return self._row.fencing

    @property
    def context(self) -> Context:
        """The service's own context, fresh at every access: good for 10 minutes. A long run passes it to its peers."""
        fresh = system_context(self._host.service, correlation_id=self._row.correlation_id, timeout=PATIENCE)
        return replace(fresh, traceparent=self._context.traceparent)

    def save_checkpoint(self, value: Any) -> None:
        """Remember how far the run came (a JSON value) and keep the lease. Inside :meth:`change`: commits with it."""
        if self._open is None:
            with self.change():
                self.save_checkpoint(value)
            return
        self._runs.save(self._open.connection, self._row, value)
        self._saved = (value,)

    @contextmanager
    def change(self) -> Iterator[Change]:
        """A transaction whose effects happen once: `LeaseLostError` if another process has taken the run up.

        While it is open nobody can take the run up. ``now`` of the change is the run's moment when that was asked for.
        A dry run writes everything and rolls back. `StoppingError` when this process is ending: let it pass.
        """
        if self._stopping.is_set():
            raise StoppingError(self.name)
        try:
            with changing(self._host, self.context, now=self._row.now) as change:
                if not self._runs.hold(change.connection, self._row):
                    raise LeaseLostError(f"{self.name}: fencing {self.fencing} is not the latest")
                self._open = change
                yield change
                self.events.update(event.type for event in change._events)
                if self.dry_run:
                    _undo(change)
        except _NothingKept:
            self._keep_checkpoint()
        else:
            self._keep_checkpoint()
        finally:
            self._open = self._saved = None

    def _keep_checkpoint(self) -> None:
        if self._saved is not None:
            (self.checkpoint,) = self._saved


def _undo(change: Change) -> NoReturn:
    # written first: what the database would refuse is found by a dry run too
    change.settle()
    raise _NothingKept


@dataclass(frozen=True, slots=True)
class Job:
    """A scheduled job: ``run`` blocks until its end and raises what it raised.

    ``name`` is ``<service>.<job>``, ``schedule`` a cron expression of five fields in the company's zone.
    ``at_first_sight`` runs it once as soon as the service sees it for the first time, instead of at the next due time.
    ``only_if`` is asked at each due time; where there is nothing to do no run is noted.
    """

    name: str
    schedule: str
    run: Callable[[JobRun], object]
    doc: str = ""
    at_first_sight: bool = False
    only_if: Callable[[], bool] | None = None
