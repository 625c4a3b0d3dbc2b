"""A process that runs the reclaim job: ``python -m dealing.reclaiming <JSON of url and as_of>``."""

from __future__ import annotations

import json
import sys
import threading
from datetime import datetime, timedelta
from uuid import uuid4

from crm_common.context import Seal
from crm_common.jobs import JobRun
from crm_common.jobs.rows import Runs
from crm_common.runtime.host import ServiceHost, host_of
from crm_common.runtime.local import LocalRuntime
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from customer.service import CustomerService
from customer.usecases import reclaim
from selling import ENVIRONMENT

JOB = "customer.reclaim"
LEASE = timedelta(seconds=1)


def begun(host: ServiceHost, as_of: datetime) -> tuple[Runs, JobRun]:
    """A run as of a moment, begun here."""
    runs = Runs(host.store, f"test:{uuid4()}", LEASE)
    row = runs.begin(uuid4(), JOB, as_of, now=as_of, asked_by="test")
    assert row is not None
    return runs, JobRun(host, runs, row, threading.Event())


def taken_up(host: ServiceHost) -> JobRun | None:
    """The run of a process that died, once its lease has ended."""
    runs = Runs(host.store, f"test:{uuid4()}", LEASE)
    row = runs.resume([JOB])
    return None if row is None else JobRun(host, runs, row, threading.Event())


def main(url: str, as_of: str) -> None:
    """Run the job to its end."""
    store = Store(url, service="customer")
    runtime = LocalRuntime(seal=Seal(b"a secret of the tests that has 32 bytes"))
    service = runtime.add(CustomerService, store=store, settings=GivenSettings(), environment=ENVIRONMENT)
    service.container.start()
    _, run = begun(host_of(service.container), datetime.fromisoformat(as_of))
    reclaim.reclaim_due(run)
    runtime.stop()


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
