"""One run of a job as its method sees it: the moment, the checkpoint, transactions that cannot outlive the lease."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from crm_common.context import Context

if TYPE_CHECKING:
    from crm_common.changes import Change


class Outcome(StrEnum):
    """How a run ended. ``SKIPPED``: the due time before a job was first seen, noted so that it is not made up for."""

    DONE = "DONE"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


class JobRun(Protocol):
    """What a method marked ``every`` gets."""

    now: datetime
    """The moment that counts as now (UTC): ``asOf`` of a ``runJob``, else the time the run began."""
    scheduled_for: datetime
    checkpoint: Any
    """What an earlier holder of this run saved last (a JSON value), or None."""
    dry_run: bool
    """Then nothing may be changed: :meth:`change` rolls back."""
    fencing: int
    """Grows with each process that takes the run up."""
    context: Context

    def save_checkpoint(self, value: Any) -> None:
        """Remember how far the run came (a JSON value) and keep the lease. Inside :meth:`change`: commits with it."""
        ...

    def change(self) -> AbstractContextManager[Change]:
        """A transaction that fails (``LeaseLost``) if another process has taken the run up; its effects happen once."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """A scheduled job: ``run`` blocks until its end and raises what it raised.

    ``name`` is ``<service>.<job>``, ``schedule`` a cron expression of five fields in the company's zone.
    ``at_first_sight`` runs it once as soon as the service sees it for the first time, instead of at the next due time.
    """

    name: str
    schedule: str
    run: Callable[[JobRun], None]
    doc: str = ""
    at_first_sight: bool = False
