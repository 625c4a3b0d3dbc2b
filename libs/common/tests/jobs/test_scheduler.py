"""Scheduled runs: once per due time over all replicas, resumed after a death, never twice in effect."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crm_common.clock import FixedClock
from crm_common.errors import CrmError
from crm_common.jobs import Job, JobRun, LeaseLostError, Scheduler, StoppingError
from crm_common.jobs.scheduler import RETRIES
from crm_common.provision import Provisioned
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from ledger.host import LedgerHost, caller
from ledger.protocol import EntryMade
from ledger.waiting import until

REPLICA = Path(__file__).with_name("replica.py")
NOW = datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC)
DAILY = "0 1 * * *"  # 17:00 UTC in Shanghai
NAME = "ledger.tidy"
Work = Callable[[JobRun], object]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def settings() -> GivenSettings:
    return GivenSettings()


@pytest.fixture
def host(store: Store, clock: FixedClock, settings: GivenSettings) -> LedgerHost:
    return LedgerHost(store, clock=clock, settings=settings)


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


def test_a_job_runs_as_of_another_moment(host: LedgerHost, settings: GivenSettings) -> None:
    """Features §1: ``runJob(name, asOf)`` runs a job as if now were ``asOf``; each call is a run of its own."""
    settings.values["sys.allow_time_travel"] = True
    seen: list[datetime] = []

    def look(run: JobRun) -> None:
        with run.change() as change:
            seen.append(run.now)
            assert change.now == run.now

    moment = datetime(2027, 2, 21, 1, tzinfo=UTC)
    asked = scheduler(host, look)
    first = asked.run_now(NAME, caller("anna"), as_of=moment)
    second = asked.run_now(NAME, caller("anna"), as_of=moment)
    assert seen == [moment, moment]
    assert (first["outcome"], second["outcome"]) == ("DONE", "DONE")
    assert first["id"] != second["id"]
    assert first["asked_by"].startswith("employee:")
    assert first["scheduled_for"] == moment
    assert rows(host.store, "correlation_id") == [("call-of-anna",), ("call-of-anna",)]


def test_the_clock_may_not_be_moved_unless_a_setting_says_so(host: LedgerHost) -> None:
    refusing = scheduler(host, make_entry)
    with pytest.raises(CrmError, match="the_clock_may_not_be_moved") as refused:
        refusing.run_now(NAME, caller(), as_of=NOW)
    assert (refused.value.code, refused.value.field) == ("FORBIDDEN", "as_of")
    assert rows(host.store) == []
    assert refusing.run_now(NAME, caller())["outcome"] == "DONE"


def test_what_cannot_be_run_is_refused(host: LedgerHost, settings: GivenSettings) -> None:
    settings.values["sys.allow_time_travel"] = True
    with pytest.raises(CrmError, match="NOT_FOUND there_is_no_such_job"):
        scheduler(host).run_now("ledger.nonsense", caller())
    with pytest.raises(CrmError, match="VALIDATION a_value_has_the_wrong_shape"):
        scheduler(host).run_now(NAME, caller(), as_of=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
    assert rows(host.store) == []


def test_a_dry_run_says_what_it_would_do_and_changes_nothing(host: LedgerHost) -> None:
    def work(run: JobRun) -> None:
        for number in range(3):
            make_entry(run, number)
            run.save_checkpoint(number)
        run.report["seen"] = run.checkpoint

    asked = scheduler(host, work)
    answer = asked.run_now(NAME, caller(), dry_run=True)
    assert (answer["outcome"], answer["dry_run"]) == ("DONE", True)
    assert answer["report"] == {"seen": 2, "events": {"entry.made": 3}}
    assert amounts(host.store) == []
    assert host.store.rows("SELECT count(*) FROM journal") == [(0,)]
    assert rows(host.store, "checkpoint::text") == [(None,)]

    real = asked.run_now(NAME, caller())
    assert real["report"] == {"seen": 2, "events": {"entry.made": 3}}
    assert amounts(host.store) == [0, 1, 2]


def test_a_dry_run_finds_what_the_database_would_refuse(host: LedgerHost) -> None:
    def twice(run: JobRun) -> None:
        with run.change() as change:
            event = EntryMade(entry_id=change.new_id(), changes={})
            same = change.new_id()
            change.new_id = lambda: same
            change.record(event, event)

    answer = scheduler(host, twice).run_now(NAME, caller(), dry_run=True)
    assert answer["outcome"] == "FAILED"
    assert "UniqueViolation" in answer["error"]


def test_an_asked_run_that_fails_is_not_tried_again(host: LedgerHost) -> None:
    def failing(_run: JobRun) -> None:
        raise TroubleError

    answer = scheduler(host, failing).run_now(NAME, caller())
    assert (answer["outcome"], answer["error"]) == ("FAILED", "TroubleError: ")


class TroubleError(Exception):
    """What a job may raise."""


def test_an_asked_run_waits_for_the_one_under_way_and_refuses_at_its_deadline(host: LedgerHost) -> None:
    free, begun = threading.Event(), threading.Event()

    def slow(_run: JobRun) -> None:
        begun.set()
        free.wait(20)

    busy = scheduler(host, slow, at_first_sight=True)
    busy.tick()
    assert begun.wait(10)
    with pytest.raises(CrmError, match="BAD_STATE the_job_is_running_already"):
        busy.run_now(NAME, caller(seconds=0.8))
    threading.Timer(0.2, free.set).start()
    assert busy.run_now(NAME, caller())["outcome"] == "DONE"


def test_a_checkpoint_of_a_rolled_back_change_is_not_kept(host: LedgerHost) -> None:
    seen: list[Any] = []

    def work(run: JobRun) -> None:
        run.save_checkpoint({"page": 1})
        with suppress(TroubleError), run.change():
            run.save_checkpoint({"page": 2})
            raise TroubleError
        seen.append(run.checkpoint)

    assert scheduler(host, work).run_now(NAME, caller())["checkpoint"] == {"page": 1}
    assert seen == [{"page": 1}]


def test_jobs_are_listed_with_their_last_run(host: LedgerHost) -> None:
    """SYS-02: job list with last run."""
    listed = scheduler(host, make_entry, doc="Tidies.")
    listed.tick()
    assert listed.listing() == [
        {
            "name": NAME,
            "schedule": DAILY,
            "doc": "Tidies.",
            "next_due": datetime(2026, 11, 23, 17, tzinfo=UTC),
            "last_run": None,
        }
    ]
    run = listed.run_now(NAME, caller())
    assert listed.listing()[0]["last_run"] == run
    assert (run["outcome"], run["held"], run["error"]) == ("DONE", False, None)


def test_old_runs_are_forgotten_but_never_the_last(host: LedgerHost, clock: FixedClock, database: Provisioned) -> None:
    tidy = scheduler(host)
    tidy.tick()
    tidy.run_now(NAME, caller())
    with psycopg.connect(database.url) as time_passes:
        time_passes.execute("UPDATE job_run SET started_at = started_at - interval '61 days'")
    tidy.run_now(NAME, caller())
    assert rows(host.store, "outcome, asked_by IS NULL") == [("SKIPPED", True), ("DONE", False)]


def test_a_faulty_schedule_is_told_at_the_start(host: LedgerHost) -> None:
    with pytest.raises(ValueError, match="not a cron expression"):
        scheduler(host, cron="daily")


def test_changes_are_refused_while_stopping(host: LedgerHost) -> None:
    stopping = scheduler(host, make_entry)
    stopping._stopping.set()
    assert stopping.run_now(NAME, caller())["outcome"] is None
    assert amounts(host.store) == []
    assert StoppingError.__doc__ is not None
