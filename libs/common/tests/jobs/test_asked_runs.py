"""Runs that somebody asks for, what is listed of them, and how a process ends among them."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from crm_common.clock import FixedClock
from crm_common.errors import CrmError
from crm_common.jobs import JobRun, StoppingError
from crm_common.provision import Provisioned
from crm_common.settings_data import GivenSettings
from ledger.host import LedgerHost, caller
from ledger.protocol import EntryMade
from ledger.scheduling import (
    DAILY,
    NAME,
    NOW,
    amounts,
    make_entry,
    rows,
    scheduler,
)


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
