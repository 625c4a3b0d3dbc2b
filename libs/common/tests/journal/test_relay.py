"""What was committed is published: in order per subject, by one leader, at least once; a bad event holds its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from textwrap import dedent
from typing import Any
from uuid import UUID

from crm_common.changes import changing
from crm_common.clock import FixedClock
from crm_common.journal.delays import JITTER
from crm_common.journal.inbox import Inbox
from crm_common.journal.relay import Relay
from crm_common.protocol.declare import Envelope
from crm_common.provision import Provisioned
from crm_common.store import Store
from crm_common.telemetry import REGISTRY
from ledger.events import NOW, change_entries, entry_id, leave_trace, traces
from ledger.host import LedgerHost, caller
from ledger.protocol import EntryChanged, EntryMade, changes_of
from ledger.waiting import until

SWEEP = 0.05


class Destination:
    """Where events go: notes what came; does not confirm the subjects of ``refused``, fails on those of ``broken``."""

    def __init__(self, *, refused: str = "", broken: str = "") -> None:
        self.arrived: list[Envelope] = []
        self.refused = {f"entry/{entry_id(name)}" for name in refused}
        self.broken = {f"entry/{entry_id(name)}" for name in broken}
        self.away = False
        self.tries = 0

    def publish(self, envelopes: Sequence[Envelope]) -> set[UUID]:
        self.tries += 1
        if self.away:
            return set()
        if any(one.subject in self.broken for one in envelopes):
            raise ValueError("cannot be encoded")
        taken = [one for one in envelopes if one.subject not in self.refused]
        self.arrived += taken
        return {one.id for one in taken}

    def seqs(self, name: str) -> list[int]:
        return [one.seq for one in self.arrived if one.subject == f"entry/{entry_id(name)}"]


@contextmanager
def relaying(*relays: Relay) -> Iterator[list[threading.Event]]:
    """Runs the relays; each stops by its own flag."""
    stops = [threading.Event() for _ in relays]
    with ThreadPoolExecutor(len(relays)) as pool:
        loops = [pool.submit(relay.run, stop) for relay, stop in zip(relays, stops, strict=True)]
        try:
            yield stops
        finally:
            for stop in stops:
                stop.set()
        for loop in loops:
            loop.result(10)


def relay_of(host: LedgerHost, destination: Destination, **options: Any) -> Relay:
    return Relay(host.store, destination, clock=host.clock, **{"sweep": SWEEP, **options})


def outbox(host: LedgerHost) -> int:
    waiting: int = host.store.rows("SELECT count(*) FROM outbox")[0][0]
    return waiting


def test_an_event_travels_with_everything_that_belongs_to_it(host: LedgerHost) -> None:
    host = host.at(FixedClock(NOW))
    context = caller().caused_by("cause")
    with changing(host, context) as change:
        change.record(
            EntryMade(entry_id=entry_id("a"), changes=changes_of(name=(None, "值"))),
            EntryChanged(entry_id=entry_id("a"), changes=changes_of(name=("值", None)), reason="undone"),
        )
    destination = Destination()
    with relaying(relay_of(host, destination)):
        until(lambda: outbox(host) == 0, "publishing")

    made, changed = destination.arrived
    assert changed == Envelope(
        id=changed.id,
        type="entry.changed",
        source="/crm/ledger",
        subject=f"entry/{entry_id('a')}",
        seq=2,
        time=NOW,
        data={"entry_id": str(entry_id("a")), "changes": {"name": ["值", None]}, "reason": "undone"},
        data_version=2,
        actor=f"employee:{context.authenticated().id}",
        correlation_id=context.correlation_id,
        causation_id="cause",
        traceparent=context.traceparent,
    )
    assert (made.type, made.seq, made.data_version, made.id < changed.id) == ("entry.made", 1, 1, True)


def test_what_was_rolled_back_is_not_published(host: LedgerHost) -> None:
    def record_and_fail() -> None:
        with changing(host, caller()) as change:
            change.record(EntryMade(entry_id=entry_id("a"), changes={}))
            change.flush()
            raise ValueError

    destination = Destination()
    with relaying(relay_of(host, destination)):
        try:
            record_and_fail()
        except ValueError:
            change_entries(host, "b")
        until(lambda: destination.arrived, "the second change")

    assert [one.subject for one in destination.arrived] == [f"entry/{entry_id('b')}"]
    assert destination.seqs("b") == [1]


def test_a_commit_wakes_the_relay(host: LedgerHost) -> None:
    destination = Destination()
    with relaying(relay_of(host, destination, sweep=5.0)) as stops:
        change_entries(host, "a")
        until(lambda: destination.arrived, "a leader")
        for count in range(2, 5):
            change_entries(host, "a")
            until(lambda n=count: len(destination.arrived) == n, "the event", seconds=2.5)  # type: ignore[misc]
        stops[0].set()
        change_entries(host, "a")


def test_a_commit_of_another_process_wakes_the_leader(database: Provisioned) -> None:
    hosts = [LedgerHost(Store(database.url, service="ledger")) for _ in range(2)]
    destinations = [Destination(), Destination()]
    relays = [relay_of(host, to, sweep=5.0) for host, to in zip(hosts, destinations, strict=True)]
    with relaying(*relays) as stops:
        change_entries(hosts[0], "a")
        until(lambda: outbox(hosts[0]) == 0, "a leader")
        leader = 0 if destinations[0].arrived else 1
        for count in range(2, 5):
            change_entries(hosts[1 - leader], "a")
            until(lambda n=count: destinations[leader].seqs("a")[-1] == n, "the event", seconds=2.5)  # type: ignore[misc]
        for stop in stops:
            stop.set()
        change_entries(hosts[leader], "a")
    for host in hosts:
        host.store.close()


def test_the_order_of_a_subject_is_kept_over_batches(host: LedgerHost) -> None:
    for _ in range(10):
        change_entries(host, "abcab")
    destination = Destination()
    with relaying(relay_of(host, destination, batch=7)):
        until(lambda: outbox(host) == 0, "publishing")

    assert destination.seqs("a") == list(range(1, 21))
    assert destination.seqs("b") == list(range(1, 21))
    assert destination.seqs("c") == list(range(1, 11))


def test_a_refused_event_holds_back_only_its_subject_and_comes_again(
    host: LedgerHost, lines: list[MutableMapping[str, Any]]
) -> None:
    clock = FixedClock(NOW)
    host = host.at(clock)
    change_entries(host, "aabb")
    destination = Destination(refused="a")
    relay = relay_of(host, destination)
    with relaying(relay):
        until(lambda: destination.seqs("b") == [1, 2], "the other subject")
        change_entries(host, "abc")
        until(lambda: (destination.seqs("b"), destination.seqs("c")) == ([1, 2, 3], [1]), "the others again")
        stuck = relay.stuck()
        reports = [line for line in lines if line["event"] == "relay.event_refused"]
        destination.refused.clear()
        clock.moment += timedelta(seconds=1) * (1 + JITTER)
        until(lambda: outbox(host) == 0, "the rest")

    assert [(one["type"], one["attempts"], one["problem"]) for one in stuck] == [("entry.changed", 1, "not confirmed")]
    assert [(line["subject"], line["attempts"]) for line in reports] == [(f"entry/{entry_id('a')}", 1)]
    assert destination.seqs("a") == [1, 2, 3]
    assert relay.stuck() == []


def test_an_event_that_breaks_the_publisher_is_found_out(host: LedgerHost) -> None:
    host = host.at(FixedClock(NOW))
    change_entries(host, "abcbab")
    destination = Destination(broken="a")
    relay = relay_of(host, destination)
    with relaying(relay):
        until(lambda: outbox(host) == 2, "the others")

    assert (destination.seqs("b"), destination.seqs("c")) == ([1, 2, 3], [1])
    assert [one["problem"] for one in relay.stuck()] == ["ValueError: cannot be encoded"]


def test_a_broker_that_is_away_is_nobodys_fault(host: LedgerHost) -> None:
    host = host.at(FixedClock(NOW))
    change_entries(host, "ab")
    destination = Destination()
    destination.away = True
    relay = relay_of(host, destination)
    with relaying(relay):
        until(lambda: destination.tries > 3 and metric("crm_outbox_backlog") == 2, "the backlog")
        assert relay.stuck() == []
        destination.away = False
        until(lambda: outbox(host) == 0, "publishing")
        until(lambda: metric("crm_outbox_backlog") == 0, "the backlog's end")


def metric(name: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"service": "ledger"})


def test_one_leads_and_another_takes_over(database: Provisioned) -> None:
    hosts = [LedgerHost(Store(database.url, service="ledger")) for _ in range(2)]
    destinations = [Destination(), Destination()]
    relays = [relay_of(host, destination) for host, destination in zip(hosts, destinations, strict=True)]
    with relaying(*relays) as stops:
        for _ in range(20):
            change_entries(hosts[0], "a")
        until(lambda: outbox(hosts[0]) == 0, "publishing")
        leader = 0 if destinations[0].arrived else 1
        assert destinations[1 - leader].arrived == []
        stops[leader].set()
        change_entries(hosts[0], "a")
        until(lambda: len(destinations[0].arrived + destinations[1].arrived) == 21, "the last event")
        change_entries(hosts[0], "a")
        until(lambda: destinations[1 - leader].arrived and outbox(hosts[0]) == 0, "the other's first event")
    for host in hosts:
        host.store.close()

    both = destinations[leader].seqs("a") + destinations[1 - leader].seqs("a")
    assert both == list(range(1, 23))


def test_the_leader_survives_the_loss_of_its_connection(host: LedgerHost) -> None:
    destination = Destination()
    with relaying(relay_of(host, destination)):
        for count in range(1, 4):
            change_entries(host, "a")
            # a connection lost before the deletion delivers twice
            until(lambda n=count: list(dict.fromkeys(destination.seqs("a"))) == [*range(1, n + 1)], "the event")  # type: ignore[misc]
            host.store.rows(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )


# A relay whose process stops for good between the publishing and the deletion.
_STOPS_AFTER_PUBLISHING = dedent("""
    import sys, threading
    from crm_common.journal.inbox import Inbox
    from crm_common.journal.relay import Relay
    from crm_common.runtime.publishing import LocalPublisher
    from crm_common.store import Store
    from ledger.events import leave_trace
    from ledger.host import LedgerHost

    store = Store(sys.argv[1], service="ledger")
    inbox = Inbox(LedgerHost(store), {"note": leave_trace})
    local = LocalPublisher(lambda _type: [(inbox, "note")], lambda _event: None)

    class Stopping:
        def publish(self, envelopes):
            print(len(local.publish(envelopes)), flush=True)
            threading.Event().wait()

    Relay(store, Stopping()).run(threading.Event())
""")


def test_a_relay_killed_before_it_deletes_delivers_twice_and_the_effect_is_one(
    database: Provisioned, host: LedgerHost
) -> None:
    change_entries(host, "aab")
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _STOPS_AFTER_PUBLISHING, database.url],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
    )
    assert process.stdout is not None
    with process.stdout:
        stored = next(line.strip() for line in process.stdout if line.strip().isdigit())
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert (stored, outbox(host)) == ("3", 3)

    inbox = Inbox(host, {"note": leave_trace}, sweep=SWEEP)
    second = IntoInbox(inbox)
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool, relaying(Relay(host.store, second, sweep=SWEEP)):
        pool.submit(inbox.work, stop)
        until(lambda: outbox(host) == 0 and len(traces(host)) == 3, "the second delivery and the effects")
        stop.set()

    assert (second.noted.seqs("a"), second.noted.seqs("b")) == ([1, 2], [1])
    assert second.fresh == 0
    assert host.store.rows("SELECT count(*), count(DISTINCT event_id) FROM effect") == [(3, 3)]


class IntoInbox:
    """Stores into the inbox, counts what was not there already, and notes what came."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.fresh = 0
        self.noted = Destination()

    def publish(self, envelopes: Sequence[Envelope]) -> set[UUID]:
        self.fresh += self.inbox.store_messages([("note", one) for one in envelopes])
        return self.noted.publish(envelopes)


def test_changes_of_one_subject_are_numbered_without_gap_or_duplicate(host: LedgerHost) -> None:
    start = threading.Barrier(20)

    def record(_: int) -> None:
        start.wait()
        for _ in range(5):
            change_entries(host, "aba")

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(record, range(20)))

    for name, events in (("a", 200), ("b", 100)):
        rows = host.store.rows(
            "SELECT seq FROM journal WHERE subject = %s ORDER BY position", (f"entry/{entry_id(name)}",)
        )
        # in the order of position too: whoever reads on by position sees each subject in order
        assert [seq for (seq,) in rows] == list(range(1, events + 1))
    assert host.store.rows("SELECT seq FROM subject_head ORDER BY seq") == [(100,), (200,)]
