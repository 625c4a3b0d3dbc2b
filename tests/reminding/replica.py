"""A process that runs the job of reminders: ``python -m reminding.replica <JSON of url and as_of>``."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from crm_common.context import Seal
from crm_common.jobs import JobRun
from crm_common.jobs.rows import Runs
from crm_common.runtime.host import ServiceHost
from crm_common.runtime.local import LocalRuntime
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from office.service import OfficeService
from office.usecases import reminders

JOB = "office.remind"
LEASE = timedelta(seconds=1)


@contextmanager
def office(url: str) -> Iterator[ServiceHost]:
    """The service on a database that is there."""
    store = Store(url, service="office")
    runtime = LocalRuntime(seal=Seal(b"a secret of the tests that has 32 bytes"))
    service = runtime.add(OfficeService, store=store, settings=GivenSettings())
    service.container.start()
    try:
        yield service.host
    finally:
        service.container.stop()
        store.close()


def begun(host: ServiceHost, as_of: datetime) -> JobRun:
    """A run as of a moment, begun here."""
    runs = Runs(host.store, f"test:{uuid4()}", LEASE)
    row = runs.begin(uuid4(), JOB, as_of, now=as_of, asked_by="test")
    assert row is not None
    return JobRun(host, runs, row, threading.Event())


def taken_up(host: ServiceHost) -> JobRun | None:
    """The run of a process that died, once its lease has ended."""
    runs = Runs(host.store, f"test:{uuid4()}", LEASE)
    row = runs.resume([JOB])
    return None if row is None else JobRun(host, runs, row, threading.Event())


def main(url: str, as_of: str) -> None:
    """Run the job to its end."""
    with office(url) as host:
        reminders.fire_due(begun(host, datetime.fromisoformat(as_of)))


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
