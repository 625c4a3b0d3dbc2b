"""The loop each replica runs: takes due runs by lease, resumes those of dead replicas, keeps its own alive."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crm_common.context import Context
from crm_common.jobs.run import Job

if TYPE_CHECKING:
    from crm_common.runtime.host import ServiceHost


class Scheduler:
    """Runs the jobs of one service, at most once per due time over all replicas.

    ``lease`` seconds after a replica died another one takes up its run at the last checkpoint.
    """

    def __init__(self, host: ServiceHost, jobs: Iterable[Job], *, lease: float = 60.0) -> None:
        self.host = host
        self.jobs = {job.name: job for job in jobs}
        self.lease = lease

    def loop(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; then give back what is not running. It blocks: give it a thread."""
        raise NotImplementedError

    def run_now(
        self, name: str, context: Context, *, as_of: datetime | None = None, dry_run: bool = False
    ) -> dict[str, Any]:
        """Run a job and wait for its end: its row as ``listing`` shows it."""
        raise NotImplementedError

    def listing(self) -> list[dict[str, Any]]:
        """The jobs: name, schedule, doc, next_due, running, last run."""
        raise NotImplementedError
