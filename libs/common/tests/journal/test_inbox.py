"""Events take effect once, in order per subject; what fails comes back, parks, and holds back only its subject."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crm_common.changes import Change
from crm_common.clock import FixedClock
from crm_common.journal.delays import DELAYS, JITTER, delay_after
from crm_common.journal.inbox import Handler, Inbox
from crm_common.protocol.declare import Envelope
from crm_common.provision import Provisioned
from crm_common.store import Store
from ledger.events import NOW, event, leave_trace, traces
from ledger.host import LedgerHost
from ledger.waiting import until

SWEEP = 0.05


@contextmanager
def working(*inboxes: Inbox, workers: int = 2) -> Iterator[None]:
    """The loops the runtime would start."""
    stop = threading.Event()
    with ThreadPoolExecutor(len(inboxes) * workers) as pool:
        loops = [pool.submit(inbox.work, stop) for inbox in inboxes for _ in range(workers)]
        try:
            yield
        finally:
            stop.set()
        for loop in loops:
            loop.result(10)


def inbox_of(host: LedgerHost, handler: Handler = leave_trace) -> Inbox:
    return Inbox(host, {"note": handler}, sweep=SWEEP)


def states(store: Store) -> list[tuple[Any, ...]]:
    return store.rows("SELECT seq, state, attempts FROM inbox ORDER BY source, subject, seq")


def failing(*notes: str) -> Handler:
    """Leaves its trace, then fails for those events: nothing of it may stay."""

    def handler(change: Change, arrived: Envelope) -> None:
        leave_trace(change, arrived)
        if f"{arrived.data['name']}{arrived.data['seq']}" in notes:
            raise ValueError(f"refused, call 13812345678 about {arrived.seq}")

    return handler


def test_a_message_is_stored_once_for_each_consumer(host: LedgerHost) -> None:
    inbox = Inbox(host, {"note": leave_trace, "other": leave_trace})

    stored = [inbox.store_message(consumer, event()) for consumer in ("note", "note", "other")]

    assert stored == [True, False, True]
    assert states(host.store) == [(1, "waiting", 0)] * 2


def test_of_a_consumer_of_all_types_only_those_are_stored_that_somebody_waits_for(host: LedgerHost) -> None:
    handlers = {"note": leave_trace, "all": leave_trace}
    inbox = Inbox(host, handlers, only={"all": {"entry.made"}.intersection})
    made, changed = replace(event("a", 1), type="entry.made"), event("a", 2)

    stored = inbox.store_messages([(who, each) for who in ("all", "note") for each in (made, changed)])

    assert stored == 3
    assert host.store.rows("SELECT consumer, type FROM inbox ORDER BY consumer, type") == [
        ("all", "entry.made"),
        ("note", "entry.changed"),
        ("note", "entry.made"),
    ]
    assert inbox.store_message("all", changed) is False


def test_messages_at_hand_are_stored_together(host: LedgerHost) -> None:
    inbox = Inbox(host, {"note": leave_trace, "other": leave_trace})
    inbox.store_message("note", event("a", 2))

    stored = inbox.store_messages([(who, event("a", seq)) for seq in (3, 2, 1) for who in ("other", "note")])
    with working(inbox):
        until(lambda: len(traces(host)) == 6, "six effects")

    assert stored == 5
    with pytest.raises(LookupError, match="no consumer typo"):
        inbox.store_messages([("note", event("b")), ("typo", event("b"))])
    assert len(states(host.store)) == 6


def test_a_consumer_nobody_wrote_is_refused(host: LedgerHost) -> None:
    with pytest.raises(LookupError, match="ledger has no consumer typo"):
        inbox_of(host).store_message("typo", event())


def test_the_handler_gets_the_event_as_it_was_sent(host: LedgerHost) -> None:
    seen: list[tuple[Envelope, Any]] = []

    def look(change: Change, arrived: Envelope) -> None:
        seen.append((arrived, change.context))

    inbox = inbox_of(host, look)
    sent = event("a", 3, {"text": "值 ½", "number": "1.50", "deep": {"list": [1, None, True]}})
    inbox.store_message("note", sent)
    with working(inbox):
        until(lambda: seen, "the handler")

    arrived, context = seen[0]
    assert arrived == sent
    assert (context.actor.name, context.correlation_id, context.causation_id, context.traceparent) == (
        "system:ledger",
        "corr",
        str(sent.id),
        sent.traceparent,
    )


def test_effect_and_done_are_one_transaction(host: LedgerHost) -> None:
    inbox = inbox_of(host)
    inbox.store_message("note", event())
    with working(inbox):
        until(lambda: states(host.store) == [(1, "done", 0)], "the event")
        inbox.store_message("note", event())
        inbox.store_message("note", event("a", 2))
        until(lambda: states(host.store) == [(1, "done", 0), (2, "done", 0)], "the second event")

    assert traces(host) == ["a1", "a2"]
    assert host.store.rows("SELECT count(data) FROM inbox") == [(0,)]


def test_events_of_a_subject_take_effect_in_their_order_with_many_workers(database: Provisioned) -> None:
    hosts = [LedgerHost(Store(database.url, service="ledger")) for _ in range(2)]
    inboxes = [inbox_of(host) for host in hosts]
    subjects = "abcde"
    with ThreadPoolExecutor(4) as pool:
        # backwards: the order is that of seq, not of arrival
        waiting = [event(name, seq) for seq in range(40, 0, -1) for name in subjects]
        list(pool.map(lambda one: inboxes[one.seq % 2].store_message("note", one), waiting))
    with working(*inboxes, workers=4):
        until(lambda: len(traces(hosts[0])) == 200, "two hundred effects")
    order = traces(hosts[0])
    for host in hosts:
        host.store.close()

    for name in subjects:
        assert [note for note in order if note.startswith(name)] == [f"{name}{seq}" for seq in range(1, 41)]


def test_what_another_process_left_is_found(host: LedgerHost) -> None:
    inbox_of(host).store_message("note", event())

    with working(inbox_of(host)):
        until(lambda: traces(host) == ["a1"], "the sweep")


def test_a_hint_at_what_another_worked_on_does_not_keep_the_inbox_from_looking_around(host: LedgerHost) -> None:
    told, elsewhere = inbox_of(host), inbox_of(host)
    told.store_message("note", event("a", 1))
    with working(elsewhere):
        until(lambda: traces(host) == ["a1"], "another process worked on it")
    elsewhere.store_message("note", event("b", 1))

    with working(told, workers=1):
        until(lambda: traces(host) == ["a1", "b1"], "the sweep", 20)


class SlowlyLocking(Inbox):
    """Beside a database so busy that locking alone takes longer than a transaction ought to."""

    def _lock(self, *about: Any) -> Any:
        locked = super()._lock(*about)
        time.sleep(0.15)
        return locked


def test_a_busy_database_slows_the_inbox_and_never_stops_it(host: LedgerHost) -> None:
    inbox = SlowlyLocking(host, {"note": leave_trace}, sweep=SWEEP)
    inbox.store_messages([("note", event(name, 1)) for name in "abc"])

    with working(inbox):
        until(lambda: len(traces(host)) == 3, "every event takes effect", 20)

    assert states(host.store) == [(1, "done", 0)] * 3


def test_a_failing_event_holds_back_only_its_subject(host: LedgerHost) -> None:
    host = host.at(FixedClock(NOW))
    inbox = inbox_of(host, failing("a2"))
    for name, seq in [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2), ("b", 3)]:
        inbox.store_message("note", event(name, seq))
    with working(inbox):
        until(lambda: len(traces(host)) == 4 and (2, "waiting", 1) in states(host.store), "all but two")

    assert sorted(traces(host)) == ["a1", "b1", "b2", "b3"]
    assert sorted(states(host.store)) == [
        (1, "done", 0), (1, "done", 0), (2, "done", 0), (2, "waiting", 1), (3, "done", 0), (3, "waiting", 0),
    ]  # fmt: skip


def test_delays_grow_and_end(host: LedgerHost) -> None:
    assert [delay.total_seconds() for delay in DELAYS] == [1, 10, 60, 600, 3600]
    assert [delay_after(failures, lambda: 0.0) for failures in (1, 2, 3, 4, 5, 6)] == [*DELAYS, None]
    assert delay_after(1, lambda: 1.0) == DELAYS[0] * (1 + JITTER)


def test_a_failing_event_is_tried_after_each_delay_and_then_parked(host: LedgerHost) -> None:
    clock = FixedClock(NOW)
    inbox = inbox_of(host.at(clock), failing("a1"))
    inbox.store_message("note", event())
    tried_at: list[timedelta] = []
    with working(inbox):
        for failures, delay in enumerate(DELAYS, start=1):
            until(lambda n=failures: states(host.store) == [(1, "waiting", n)], f"failure {failures}")  # type: ignore[misc]
            next_try = host.store.rows("SELECT next_try FROM inbox")[0][0]
            tried_at.append(next_try - clock.now())
            assert delay <= tried_at[-1] <= delay * (1 + JITTER)
            clock.moment = next_try
        until(lambda: states(host.store) == [(1, "parked", 6)], "parking")

    assert traces(host) == []
    assert len(set(tried_at)) == 5


def test_an_event_is_not_tried_before_its_delay_is_over(host: LedgerHost) -> None:
    clock = FixedClock(NOW)
    inbox = inbox_of(host.at(clock), failing("a1"))
    inbox.store_message("note", event())
    with working(inbox):
        until(lambda: states(host.store) == [(1, "waiting", 1)], "the first failure")
        clock.moment = host.store.rows("SELECT next_try FROM inbox")[0][0] - timedelta(microseconds=1)
        # another subject goes through the same sweep, so the sweep has looked
        inbox.store_message("note", event("b"))
        inbox.store_message("note", event("c"))
        until(lambda: sorted(traces(host)) == ["b1", "c1"], "the others")

    assert (1, "waiting", 1) in states(host.store)


def park(host: LedgerHost, inbox: Inbox, *arrived: Envelope, parked: int = 1) -> None:
    """Store the events and let those that fail do so to the end."""
    for one in arrived:
        inbox.store_message("note", one)
    clock = host.clock
    assert isinstance(clock, FixedClock)

    def later() -> bool:
        clock.moment += timedelta(hours=2)
        return len(inbox.parked()) == parked

    with working(inbox):
        until(later, "parking")


def test_parked_messages_are_listed_and_shown_without_phone_numbers(host: LedgerHost) -> None:
    host = host.at(FixedClock(NOW))
    inbox = inbox_of(host, failing("a1"))
    park(host, inbox, event("a", 1, {"name": "a", "seq": 1, "phone": "13812345678", "note": "ring 13812345678"}))

    listed = inbox.parked()
    shown = inbox.show(listed[0]["id"])

    assert [(one["consumer"], one["type"], one["attempts"]) for one in listed] == [("note", "entry.changed", 6)]
    assert listed[0]["problem"] == "ValueError: refused, call [phone] about 1"
    assert shown is not None
    assert shown["data"] == {"name": "a", "seq": 1, "phone": "[hidden]", "note": "ring [phone]"}
    assert shown["state"] == "parked"
    assert listed[0]["id"].isdecimal()
    assert [inbox.show(strange) for strange in (10**9, "x", "", "9" * 30)] == [None] * 4


def test_a_parked_event_holds_its_subject_until_it_is_redriven(host: LedgerHost) -> None:
    host = host.at(FixedClock(NOW))
    park(host, inbox_of(host, failing("a1")), event("a", 1), event("a", 2))
    inbox = inbox_of(host)
    with working(inbox):
        inbox.store_message("note", event("b", 1))
        inbox.store_message("note", event("a", 3))
        until(lambda: traces(host) == ["b1"], "the other subject")
        assert [state for _, state, _ in states(host.store)].count("parked") == 1
        redriven = inbox.redrive()
        until(lambda: len(traces(host)) == 4, "the held ones")

    assert redriven == 1
    assert traces(host) == ["b1", "a1", "a2", "a3"]
    assert inbox.parked() == []


def test_one_of_several_parked_messages_can_be_redriven(host: LedgerHost) -> None:
    host = host.at(FixedClock(NOW))
    broken = inbox_of(host, failing("a1", "b1"))
    park(host, broken, event("a", 1), event("b", 1), parked=2)
    first = broken.parked()[0]["id"]

    assert broken.redrive(["x", "²"]) == 0
    assert broken.redrive([first]) == 1
    assert broken.redrive([first]) == 0
    assert len(broken.parked()) == 1


def test_a_known_event_can_be_handed_over_again(host: LedgerHost) -> None:
    inbox = inbox_of(host)
    with working(inbox):
        inbox.store_message("note", event())
        until(lambda: states(host.store) == [(1, "done", 0)], "the first time")
        assert inbox.store_message("note", event(), again=True)
        until(lambda: traces(host) == ["a1", "a1"], "the second time")


def test_a_handler_whose_statement_takes_too_long_fails_as_any_other(database: Provisioned) -> None:
    store = Store(database.url, service="ledger", statement_timeout=0.2)
    host = LedgerHost(store, clock=FixedClock(NOW))

    def slow(change: Change, arrived: Envelope) -> None:
        if arrived.seq == 1:
            change.connection.exec_driver_sql("SELECT pg_sleep(10)")

    inbox = inbox_of(host, slow)
    inbox.store_message("note", event())
    with working(inbox):
        until(lambda: states(store) == [(1, "waiting", 1)], "the failure")
    store.close()


def test_the_worker_survives_the_loss_of_its_connections(host: LedgerHost) -> None:
    inbox = inbox_of(host)
    with working(inbox):
        inbox.store_message("note", event())
        until(lambda: traces(host) == ["a1"], "the first")
        for seq in range(2, 6):
            host.store.rows(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
            until(storing(inbox, seq), "a new connection")
        until(lambda: traces(host) == [f"a{seq}" for seq in range(1, 6)], "the others")


def storing(inbox: Inbox, seq: int) -> Callable[[], bool]:
    return lambda: inbox.store_message("note", event("a", seq))
