"""Runs a job of a service that stands alone, as of a moment."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from crm_common.jobs import JobRun
from crm_common.jobs.rows import Runs
from serving.alone import Alone


def run_job(service: Alone, name: str, as_of: datetime) -> dict[str, Any]:
    """The report of a run as of then."""
    assembly = service.runtime.services[service.name]
    runs = Runs(service.store, f"test:{uuid4()}", timedelta(seconds=60))
    row = runs.begin(uuid4(), name, as_of, now=as_of, asked_by="test", dry_run=False)
    assert row is not None
    run = JobRun(assembly.host, runs, row, threading.Event())
    [job] = [each for each in assembly.dispatcher.jobs() if each.name == name]
    job.run(run)
    assert runs.finish(row, "DONE", run.report)
    return run.report
