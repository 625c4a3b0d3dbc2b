"""Scheduled runs: once per due time over all replicas, resumed after a death, never twice in effect."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crm_common.clock import FixedClock
from crm_common.jobs import Job, JobRun, LeaseLostError, Scheduler
from crm_common.jobs.scheduler import RETRIES
from crm_common.provision import Provisioned
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from ledger.host import LedgerHost
from ledger.scheduling import (
    NOW,
    amounts,
    finished,
    looping,
    make_entry,
    rows,
    scheduler,
    ticked,
)
from ledger.waiting import until

REPLICA = Path(__file__).with_name("replica.py")


def test_a_job_seen_for_the_first_time_waits_for_its_next_due_time(host: LedgerHost, clock: FixedClock) -> None:
    seen = scheduler(host, make_entry)
    seen.tick()
    assert rows(host.store) == [("SKIPPED", datetime(2026, 11, 22, 17, tzinfo=UTC), 1, 0)]

    clock.moment = datetime(2026, 11, 23, 16, 59, 59, tzinfo=UTC)
    seen.tick()
    assert amounts(host.store) == []
    clock.moment = datetime(2026, 11, 23, 17, 0, 0, tzinfo=UTC)
    seen.tick()
    finished(host.store)
    assert rows(host.store)[1:] == [("DONE", datetime(2026, 11, 23, 17, tzinfo=UTC), 1, 0)]
    assert amounts(host.store) == [1]


def test_a_job_may_ask_to_run_at_first_sight(host: LedgerHost) -> None:
    scheduler(host, make_entry, at_first_sight=True).tick()
    finished(host.store)
    scheduler(host, make_entry, at_first_sight=True).tick()
    assert rows(host.store) == [("DONE", datetime(2026, 11, 22, 17, tzinfo=UTC), 1, 0)]


def test_due_times_missed_while_nobody_ran_are_made_up_for_once(host: LedgerHost, clock: FixedClock) -> None:
    scheduler(host).tick()
    clock.moment = NOW + timedelta(days=5)
    after_the_downtime = scheduler(host, make_entry)
    for _ in range(3):
        after_the_downtime.tick()
        finished(host.store)
    assert amounts(host.store) == [1]
    assert rows(host.store)[1:] == [("DONE", datetime(2026, 11, 27, 17, tzinfo=UTC), 1, 0)]


def test_many_replicas_run_a_due_time_once(host: LedgerHost, clock: FixedClock) -> None:
    replicas = [scheduler(host, make_entry) for _ in range(6)]
    for replica in replicas:
        replica.tick()
    clock.moment = NOW + timedelta(days=1)
    together = threading.Barrier(len(replicas))

    def tick(replica: Scheduler) -> None:
        together.wait()
        replica.tick()

    threads = [threading.Thread(target=tick, args=(replica,)) for replica in replicas]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    finished(host.store)
    assert amounts(host.store) == [1]


def test_a_job_does_not_run_beside_itself(host: LedgerHost, clock: FixedClock) -> None:
    free, begun = threading.Event(), threading.Event()

    def slow(_run: JobRun) -> None:
        begun.set()
        free.wait(20)

    busy = scheduler(host, slow, at_first_sight=True)
    busy.tick()
    assert begun.wait(10)
    clock.moment = NOW + timedelta(days=1)
    busy.tick()
    assert len(rows(host.store)) == 1
    free.set()
    finished(host.store)
    busy.tick()  # the due time that found it running is made up for
    finished(host.store, 2)
    assert [row[:2] for row in rows(host.store)] == [
        ("DONE", datetime(2026, 11, 22, 17, tzinfo=UTC)),
        ("DONE", datetime(2026, 11, 23, 17, tzinfo=UTC)),
    ]


def test_another_zone_shifts_the_hour_and_makes_up_for_nothing(
    host: LedgerHost, clock: FixedClock, settings: GivenSettings
) -> None:
    """IDN-24: change zone → the hour of the daily run shifts."""
    shifting = scheduler(host, make_entry)
    shifting.tick()
    assert shifting.listing()[0]["next_due"] == datetime(2026, 11, 23, 17, tzinfo=UTC)
    settings.values["sys.timezone"] = "Europe/Berlin"
    shifting.tick()
    assert shifting.listing()[0]["next_due"] == datetime(2026, 11, 24, 0, tzinfo=UTC)
    clock.moment = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
    shifting.tick()
    assert amounts(host.store) == []
    clock.moment = datetime(2026, 11, 24, 0, tzinfo=UTC)
    shifting.tick()
    finished(host.store)
    assert rows(host.store)[-1][1] == clock.moment


@pytest.mark.parametrize("pause_at", [1, 7, 10])
def test_a_killed_replica_is_resumed_at_its_checkpoint_and_its_effects_happen_once(
    database: Provisioned, store: Store, pause_at: int
) -> None:
    command = [sys.executable, str(REPLICA), database.url, "1.5", str(pause_at)]
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | paths) as replica:
        assert replica.stdout is not None
        assert replica.stdout.readline() == "waiting\n"  # inside the transaction of number `pause_at`
        replica.kill()
    counting: Any = runpy.run_path(str(REPLICA))
    job = Job(counting["NAME"], "0 0 1 1 *", counting["count"])
    other = Scheduler(LedgerHost(store, settings=GivenSettings()), [job], lease=1.5)
    with looping(other):
        finished(store)
    numbers = store.rows("SELECT note FROM effect ORDER BY place")
    assert [note for (note,) in numbers] == [f"{n} by {1 if n < pause_at else 2}" for n in range(1, 11)]
    assert rows(store, "outcome, fencing, checkpoint") == [("DONE", 2, 10)]


def test_who_lost_his_lease_writes_nothing_more(host: LedgerHost) -> None:
    paused, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    problems: list[BaseException] = []

    def frozen(run: JobRun) -> None:
        make_entry(run, 1)
        paused.set()
        go_on.wait(20)  # as a process that stands still does: no pulse, no statement
        try:
            make_entry(run, 100)
        except LeaseLostError as lost:
            problems.append(lost)
            raise
        finally:
            ended.set()

    scheduler(host, frozen, at_first_sight=True, lease=0.3).tick()
    assert paused.wait(10)
    other = scheduler(host, lambda run: make_entry(run, 2), lease=5)
    until(lambda: ticked(other) and rows(host.store)[0][2] == 2, "the other replica to take the run up")
    finished(host.store)
    go_on.set()
    assert ended.wait(10)
    assert [str(problem) for problem in problems] == ["ledger.tidy: fencing 1 is not the latest"]
    assert amounts(host.store) == [1, 2]
    assert rows(host.store) == [("DONE", datetime(2026, 11, 22, 17, tzinfo=UTC), 2, 0)]


def test_a_run_is_not_taken_up_while_its_transaction_is_open(host: LedgerHost) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def writing(run: JobRun) -> None:
        with run.change() as change:
            change.connection.exec_driver_sql("INSERT INTO entry (id, amount) VALUES (%s, 1)", (change.new_id(),))
            inside.set()
            go_on.wait(20)

    scheduler(host, writing, at_first_sight=True, lease=0.2).tick()
    assert inside.wait(10)
    other = scheduler(host, lambda run: make_entry(run, 2), lease=0.2)
    expired = "SELECT 1 FROM job_run WHERE lease_until < clock_timestamp() - interval '0.3 s'"
    until(lambda: host.store.rows(expired), "the lease to end")
    other.tick()
    assert rows(host.store, "fencing, outcome") == [(1, None)]
    go_on.set()
    finished(host.store)
    assert amounts(host.store) == [1]


def test_a_long_step_keeps_its_lease(host: LedgerHost) -> None:
    go_on = threading.Event()
    mine = scheduler(host, lambda _run: go_on.wait(20), at_first_sight=True, lease=0.6)
    other = scheduler(host, lambda run: make_entry(run, 2), lease=0.6)
    with looping(mine):
        until(lambda: rows(host.store), "the run to begin")
        begun = "SELECT 1 FROM job_run WHERE clock_timestamp() > started_at + interval '2 s'"
        until(lambda: ticked(other) and host.store.rows(begun), "three leases to pass")
        go_on.set()
        finished(host.store)
    assert rows(host.store, "fencing, outcome") == [(1, "DONE")]


def test_a_process_that_ends_hands_its_run_over_at_the_next_change(host: LedgerHost) -> None:
    begun, stop, stopped = threading.Event(), threading.Event(), threading.Event()

    def counting(run: JobRun) -> None:
        for number in range((run.checkpoint or 0) + 1, 4):
            with run.change():
                run.save_checkpoint(number)
            if run.fencing == 1:
                begun.set()
                assert stopped.wait(20)

    leaving = scheduler(host, counting, at_first_sight=True)
    thread = threading.Thread(target=leaving.loop, args=(stop,))
    thread.start()
    assert begun.wait(10)
    stop.set()
    until(leaving._stopping.is_set, "the loop to notice")
    stopped.set()
    thread.join(10)
    assert rows(host.store, "outcome, checkpoint, holder, attempts") == [(None, 1, None, 0)]
    with looping(scheduler(host, counting)):
        finished(host.store)
    assert rows(host.store, "outcome, checkpoint, fencing") == [("DONE", 3, 2)]


def test_a_failed_run_is_tried_again_and_then_has_failed(host: LedgerHost, database: Provisioned) -> None:
    tries: list[int] = []

    def failing(run: JobRun) -> None:
        tries.append(run.fencing)
        raise RuntimeError("no luck with 13812345678")

    trying = scheduler(host, failing, at_first_sight=True, pulse=0.01)
    for number in range(1, len(RETRIES) + 1):
        trying._seen_at = float("-inf")
        trying.tick()
        waiting = f"SELECT 1 FROM job_run WHERE attempts = {number} AND holder IS NULL"
        until(lambda sql=waiting: host.store.rows(sql), f"try {number} to fail")  # type: ignore[misc]
        (left,) = host.store.rows("SELECT lease_until - clock_timestamp() FROM job_run")
        assert RETRIES[number - 1] - timedelta(seconds=5) < left[0] <= RETRIES[number - 1]
        with psycopg.connect(database.url) as time_passes:
            time_passes.execute("UPDATE job_run SET lease_until = clock_timestamp() - interval '1 s'")
    trying._seen_at = float("-inf")
    trying.tick()
    finished(host.store)
    assert rows(host.store, "outcome, error") == [("FAILED", "RuntimeError: no luck with [phone]")]
    assert tries == [1, 2, 3, 4, 5, 6]


def test_a_failed_run_makes_room_for_the_next_due_time(host: LedgerHost, clock: FixedClock) -> None:
    def failing(_run: JobRun) -> None:
        raise RuntimeError("not today")

    scheduler(host, failing, at_first_sight=True).tick()
    until(lambda: host.store.rows("SELECT 1 FROM job_run WHERE attempts = 1"), "the first try")
    clock.moment = NOW + timedelta(days=1)
    scheduler(host, make_entry).tick()
    finished(host.store, 2)
    assert [row[0] for row in rows(host.store)] == ["FAILED", "DONE"]


def test_a_run_that_kills_every_process_has_failed(host: LedgerHost, database: Provisioned) -> None:
    free = threading.Event()
    scheduler(host, lambda _run: free.wait(20), at_first_sight=True, lease=600).tick()
    with psycopg.connect(database.url) as death:
        death.execute("UPDATE job_run SET fencing = 20, lease_until = clock_timestamp() - interval '1 s'")
    scheduler(host, make_entry).tick()
    finished(host.store)
    free.set()
    assert rows(host.store, "outcome, error") == [("FAILED", "RuntimeError: 20 processes took this run up and died")]
    assert amounts(host.store) == []
