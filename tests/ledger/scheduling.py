"""Schedulers for tests: a job of the ledger, its rows, its effects."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from crm_common.jobs import Job, JobRun, Scheduler
from crm_common.store import Store
from ledger.host import LedgerHost
from ledger.protocol import EntryMade
from ledger.waiting import until

NOW = datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC)
DAILY = "0 1 * * *"  # 17:00 UTC in Shanghai
NAME = "ledger.tidy"
Work = Callable[[JobRun], object]


def nothing(_run: JobRun) -> None:
    """A job that has nothing to do."""


def scheduler(
    host: LedgerHost, run: Callable[[JobRun], object] = nothing, cron: str = DAILY, **given: Any
) -> Scheduler:
    options = {"lease": 60.0} | {key: given.pop(key) for key in ("lease", "pulse") if key in given}
    return Scheduler(host, [Job(NAME, cron, run, **given)], **options)


def ticked(found: Scheduler) -> bool:
    found.tick()
    return True


def rows(store: Store, columns: str = "outcome, scheduled_for, fencing, attempts") -> list[tuple[Any, ...]]:
    return store.rows(f"SELECT {columns} FROM job_run ORDER BY started_at, scheduled_for")


def finished(store: Store, number: int = 1) -> None:
    sql = "SELECT 1 FROM job_run WHERE outcome IN ('DONE', 'FAILED')"
    until(lambda: len(store.rows(sql)) >= number, f"{number} finished runs")


@contextmanager
def looping(*schedulers: Scheduler) -> Iterator[None]:
    stop = threading.Event()
    threads = [threading.Thread(target=each.loop, args=(stop,)) for each in schedulers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
        assert not any(thread.is_alive() for thread in threads)


def make_entry(run: JobRun, amount: int = 1) -> None:
    with run.change() as change:
        entry = change.new_id()
        change.connection.exec_driver_sql("INSERT INTO entry (id, amount) VALUES (%s, %s)", (entry, amount))
        change.record(EntryMade(entry_id=entry, changes={"amount": (None, amount)}))


def amounts(store: Store) -> list[int]:
    return [amount for (amount,) in store.rows("SELECT amount FROM entry ORDER BY amount")]
