"""The journal keeps order, uniqueness and rights whatever happens around it, and no reader misses an event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg import errors as pg

from crm_common.changes import changing
from crm_common.clock import FixedClock
from crm_common.context import system_context
from crm_common.journal import partitions, replay, write
from crm_common.journal.inbox import Inbox
from crm_common.journal.replay import EVERYTHING, START, Position, Range
from crm_common.protocol.declare import Envelope
from crm_common.provision import Provisioned
from crm_common.store import Store
from ledger.events import NOW, change_entries, entry_id, leave_trace, traces
from ledger.host import LedgerHost, caller
from ledger.protocol import EntryChanged, EntryMade, changes_of
from ledger.waiting import settled, until

SUBJECT_A = f"entry/{entry_id('a')}"


def seqs(events: Sequence[Envelope], name: str = "a") -> list[int]:
    return [event.seq for event in events if event.subject == f"entry/{entry_id(name)}"]


def record(host: LedgerHost, at: datetime, name: str = "a") -> None:
    with changing(host, caller(), now=at) as change:
        change.record(EntryChanged(entry_id=entry_id(name), changes=changes_of(amount=(1, 2))))


def test_the_journal_says_who_when_and_from_where(host: LedgerHost) -> None:
    host = host.at(FixedClock(NOW))
    context = caller("anna")
    with changing(host, context) as change:
        change.record(EntryMade(entry_id=entry_id("a"), changes=changes_of(amount=(None, 1))))
    with changing(host, system_context("ledger", correlation_id="night")) as change:
        change.record(EntryChanged(entry_id=entry_id("a"), changes=changes_of(amount=(1, 2))))
    rows = host.store.rows(
        "SELECT type, seq, occurred_at, actor, actor_name, address, client, correlation_id FROM journal ORDER BY seq"
    )

    who = f"employee:{context.authenticated().id}"
    assert rows == [
        ("entry.made", 1, NOW, who, "anna", "192.0.2.7", "test", "call-of-anna"),
        ("entry.changed", 2, NOW, "system:ledger", "system:ledger", None, None, "night"),
    ]


@pytest.mark.parametrize("number", [1, 2, 6, 7, 40])
def test_any_number_of_events_is_written_in_its_order(host: LedgerHost, number: int) -> None:
    with changing(host, caller()) as change:
        change.record(
            *(EntryChanged(entry_id=entry_id("ab"[n % 2]), changes=changes_of(n=(None, n))) for n in range(number))
        )
    rows = host.store.rows("SELECT subject, seq, data -> 'changes' -> 'n' -> 1 FROM journal ORDER BY position")

    assert rows == [(f"entry/{entry_id('ab'[n % 2])}", n // 2 + 1, n) for n in range(number)]


def test_an_event_id_is_unique_whatever_its_month(host: LedgerHost) -> None:
    one = write.NewEvent(UUID(int=7), "entry.changed", SUBJECT_A, 1, "{}")
    with host.store.transaction() as connection:
        write.write(connection, caller(), NOW, [one])
    for at in (NOW, NOW + timedelta(days=31), NOW + timedelta(days=3650)):
        with pytest.raises(pg.UniqueViolation), host.store.transaction() as connection:
            write.write(connection, caller(), at, [one])

    assert host.store.rows("SELECT occurred_at, seq FROM journal") == [(NOW, 1)]


def test_months_are_made_ahead_and_once(service_database: Callable[[], Provisioned]) -> None:
    database = service_database()
    store = Store(database.url, service="ledger")
    first = partitions.make_ahead(store, date(2030, 11, 23), months=3)
    again = partitions.make_ahead(store, date(2030, 12, 1), months=3)
    parts = store.rows(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'journal'::regclass ORDER BY 1"
    )
    store.close()

    assert (first, again) == (4, 1)
    assert [part for (part,) in parts if part.startswith("journal_203")] == [
        "journal_2030_11", "journal_2030_12", "journal_2031_01", "journal_2031_02", "journal_2031_03",
    ]  # fmt: skip


def test_an_event_without_a_month_is_kept_and_moves_when_its_month_is_made(
    service_database: Callable[[], Provisioned],
) -> None:
    database = service_database()
    store = Store(database.url, service="ledger")
    host = LedgerHost(store)
    moments = [datetime(2031, 1, 1, tzinfo=UTC), datetime(2031, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)]
    for at in (*moments, datetime(2031, 2, 1, tzinfo=UTC)):
        record(host, at)
    before = places(store)
    partitions.make_ahead(store, date(2031, 1, 15), months=0)
    after = places(store)
    record(host, moments[0])
    settled(store)
    read = replay.read(store)
    rights = store.rows(
        "SELECT has_table_privilege('journal_2031_01', verb) FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'])"
        " AS verb"
    )
    store.close()

    assert before == {"journal_default": 3}
    assert after == {"journal_2031_01": 2, "journal_default": 1}
    assert seqs(read.events) == [1, 2, 3, 4]
    assert rights == [(False,)] * 4


def places(store: Store) -> dict[str, int]:
    return dict(store.rows("SELECT tableoid::regclass::text, count(*) FROM journal GROUP BY 1"))


def test_readers_never_pass_over_a_late_commit(host: LedgerHost, store: Store) -> None:
    late = store.dedicated()
    late.execute("BEGIN")
    insert_by_hand(late, "late", "b")
    change_entries(host, "a")
    first = replay.read(store)
    change_entries(host, "a")
    second = replay.read(store, first.position)
    late.execute("COMMIT")
    settled(store)
    third = replay.read(store, second.position)
    late.close()

    # the younger transactions committed first, and their events wait for the older one's
    assert (first.events, second.events) == ((), ())
    assert [(event.subject, event.seq) for event in third.events] == [
        ("late/b", 1), (SUBJECT_A, 1), (SUBJECT_A, 2),
    ]  # fmt: skip
    assert replay.read(store, third.position).events == ()


def insert_by_hand(connection: psycopg.Connection, aggregate: str, name: str) -> None:
    connection.execute(
        "INSERT INTO journal (txid, event_id, type, subject, seq, occurred_at, data_version, data)"
        " SELECT pg_current_xact_id()::text::bigint + shift, gen_random_uuid(), %s, %s, 1, now(), 1, '{}'"
        " FROM journal_epoch",
        (f"{aggregate}.made", f"{aggregate}/{name}"),
    )


def test_pages_join_without_gap_or_overlap(host: LedgerHost, store: Store) -> None:
    for _ in range(5):
        change_entries(host, "abcab")
    settled(store)
    after, pages = START, []
    while True:
        page = replay.read(store, after, limit=7)
        pages.append(len(page.events))
        after = page.position
        if not page.more:
            break
    everything = list(replay.read_all(store))

    assert pages == [7, 7, 7, 4]
    assert seqs(everything) == list(range(1, 11))
    assert len({event.id for event in everything}) == 25
    assert Position.parse(str(after)) == after
    change_entries(host, "a")
    settled(store)
    assert seqs(replay.read(store, after).events) == [11]


def test_a_range_narrows_what_is_read(host: LedgerHost, store: Store) -> None:
    for day, name in enumerate("aab"):
        record(host, NOW + timedelta(days=day), name)
    with changing(host, caller(), now=NOW + timedelta(days=9)) as change:
        change.record(EntryMade(entry_id=entry_id("a"), changes={}))
    settled(store)

    def count(**which: object) -> int:
        return len(replay.read(store, START, Range(**which)).events)  # type: ignore[arg-type]

    assert count() == 4
    assert count(subject=SUBJECT_A) == 3
    assert (count(aggregate="entry"), count(aggregate="ent")) == (4, 0)
    assert count(types=["entry.made"]) == 1
    assert count(since=NOW + timedelta(days=1), until=NOW + timedelta(days=9)) == 2
    assert count(subject=SUBJECT_A, types={"entry.changed"}, since=NOW) == 2


def test_a_filtered_reader_does_not_look_twice(host: LedgerHost, store: Store) -> None:
    change_entries(host, "aaa")
    settled(store)
    page = replay.read(store, START, Range(types=["entry.made"]))

    assert page.events == ()
    assert replay.read(store).position <= replay.horizon(store)
    assert replay.read(store, page.position).events == ()


def test_an_event_is_found_by_its_id(host: LedgerHost, store: Store) -> None:
    change_entries(host, "ab")
    settled(store)
    (first, _second) = replay.read(store).events

    assert replay.find(store, first.id) == first
    assert replay.find(store, UUID(int=1)) is None


def test_a_range_is_sent_again_to_one_consumer(host: LedgerHost, store: Store) -> None:
    for _ in range(3):
        change_entries(host, "ab")
    settled(store)
    inbox = Inbox(host, {"note": leave_trace, "other": leave_trace})
    inbox.store_messages([(who, event) for who in ("note", "other") for event in replay.read_all(store)])
    work_off(inbox, host, 12)

    sent = replay.resend(
        store,
        Range(subject=SUBJECT_A),
        lambda events: inbox.store_messages([("note", event) for event in events], again=True),
        limit=2,
    )
    work_off(inbox, host, 15)

    assert sent == 3
    assert host.store.rows("SELECT count(*), count(DISTINCT event_id) FROM effect") == [(15, 6)]


def work_off(inbox: Inbox, host: LedgerHost, effects: int) -> None:
    """Let the inbox work until there are so many effects."""
    import threading
    from concurrent.futures import ThreadPoolExecutor

    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(inbox.work, stop)
        until(lambda: len(traces(host)) == effects, f"{effects} effects")
        stop.set()


def test_order_goes_on_in_a_restored_copy(service_database: Callable[[], Provisioned]) -> None:
    database = service_database()
    store = Store(database.url, service="ledger")
    host = LedgerHost(store)
    # rows of a cluster that had counted far more transactions
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("UPDATE journal_epoch SET shift = 5000000")
    change_entries(host, "a")
    settled(store)
    position = replay.read(store).position
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("UPDATE journal_epoch SET shift = 0")
    change_entries(host, "a")
    lost = replay.read(store, position).events

    restored = Store(database.owner_url, service="ledger")
    with restored.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM journal WHERE seq = 2")
        partitions.follow_restored_copy(connection)
    change_entries(host, "a")
    settled(store)
    read = replay.read(store, position).events
    for each in (store, restored):
        each.close()

    assert lost == ()
    assert seqs(read) == [3]
    assert Range() == EVERYTHING
