"""Runs a job of a service as of a moment."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from crm_common.jobs import JobRun
from crm_common.jobs.rows import Runs
from serving.alone import Alone


def run(service: Alone, job: str, as_of: datetime) -> dict[str, Any]:
    """Run the job to its end; its report."""
    runs = Runs(service.store, f"test:{uuid4()}", timedelta(seconds=60))
    row = runs.begin(uuid4(), job, as_of, now=as_of, asked_by="test", dry_run=False)
    assert row is not None
    assembly = service.runtime.services[service.name]
    made = JobRun(assembly.host, runs, row, threading.Event())
    [found] = [each for each in assembly.dispatcher.jobs() if each.name == job]
    found.run(made)
    assert runs.finish(row, "DONE", made.report)
    return made.report
