"""A replica of the ledger as a process of its own: counts to ten in its job, one transaction each, until it is killed.

Arguments: the database's URL, the lease in seconds, and the number at which it waits inside its open transaction.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from crm_common.jobs import Job, JobRun, Scheduler
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from ledger.host import LedgerHost

NAME = "ledger.count"
EVERY_MINUTE = "* * * * *"
TO = 10


def count(run: JobRun, pause_at: int = -1) -> None:
    """Write each number and the fencing it was written under; the checkpoint is the last number."""
    for number in range((run.checkpoint or 0) + 1, TO + 1):
        with run.change() as change:
            change.connection.exec_driver_sql(
                "INSERT INTO entry (id, amount, name) VALUES (%s, %s, %s)",
                (change.new_id(), number, f"{run.scheduled_for.isoformat()} {number}"),
            )
            change.connection.exec_driver_sql(
                "INSERT INTO effect (event_id, note) VALUES (%s, %s)", (change.new_id(), f"{number} by {run.fencing}")
            )
            run.save_checkpoint(number)
            if number == pause_at:
                print("waiting", flush=True)
                threading.Event().wait()


def main(url: str, lease: str, pause_at: str) -> None:
    settings: Any = GivenSettings()
    host = LedgerHost(Store(url, service="ledger"), settings=settings)
    job = Job(NAME, EVERY_MINUTE, lambda run: count(run, int(pause_at)), at_first_sight=True)
    Scheduler(host, [job], lease=float(lease)).loop(threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
