"""The store reads in one round trip, writes in transactions, waits with a limit and comes back when the server does."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from textwrap import dedent
from uuid import UUID

import pytest
import sqlalchemy as sa

from crm_common.changes import repeating
from crm_common.provision import Provisioned
from crm_common.store import DatabaseLostError, Store, assert_no_open_transaction, waiting_until
from crm_servers.postgres import PostgresServer

ENTRY = UUID(int=1)


def insert(store: Store, amount: int = 1) -> None:
    with store.transaction() as connection:
        connection.execute(sa.text("INSERT INTO entry VALUES (:id, :amount)"), {"id": ENTRY, "amount": amount})


def test_a_statement_that_names_no_value_takes_any_mapping(store: Store) -> None:
    assert store.read("SELECT 'x'", {"more": "y"}) == b"x"


def test_a_read_is_the_raw_text_of_the_first_column(store: Store) -> None:
    built = "json_build_object('n', 12.50::numeric(9,2), 't', '%%', 'id', %s::uuid)"

    assert store.read(f"SELECT {built}, 2", (ENTRY,)) == b'{"n" : 12.50, "t" : "%", "id" : "%s"}'.replace(
        b"%s", str(ENTRY).encode()
    )
    assert store.read("SELECT NULL::text") is None
    assert store.read("SELECT 1 WHERE false") is None


def test_placeholders_have_places_or_names(store: Store) -> None:
    assert store.read("SELECT %s::text || %s::text", ("a", "b")) == b"ab"
    assert store.read("SELECT %(b)s::text || %(a)s || %(b)s", {"a": "1", "b": "2", "c": "unused"}) == b"212"
    assert store.read("SELECT %s::text", ("not prepared",), prepare=False) == b"not prepared"
    assert store.rows("SELECT %s::int, %s::uuid", (1, ENTRY)) == [(1, ENTRY)]


def test_a_prepared_read_is_one_round_trip_without_a_transaction(store: Store) -> None:
    def read() -> bytes | None:
        return store.read("SELECT %s::text", ("x",))

    read()
    slot = store._pool.take(time.time() + 1)
    store._pool.give_back(slot)
    with tempfile.TemporaryFile() as traced:
        slot.reader.pgconn.trace(traced.fileno())
        read()
        slot.reader.pgconn.untrace()
        traced.seek(0)
        sent = [line.split(b"\t")[3] for line in traced.read().splitlines() if line.split(b"\t")[1] == b"F"]

    assert sent == [b"Bind", b"Describe", b"Execute", b"Sync"]


def test_a_transaction_commits_or_leaves_nothing(store: Store) -> None:
    insert(store)
    with pytest.raises(sa.exc.IntegrityError):
        update_and_insert(store)

    assert store.rows("SELECT id, amount FROM entry") == [(ENTRY, 1)]


def update_and_insert(store: Store) -> None:
    with store.transaction() as connection:
        connection.exec_driver_sql("UPDATE entry SET amount = 9")
        connection.exec_driver_sql("INSERT INTO entry VALUES (%s, 2)", (ENTRY,))


def test_an_open_transaction_is_known_to_its_own_thread_only(store: Store) -> None:
    assert_no_open_transaction()
    with store.transaction(), ThreadPoolExecutor(1) as pool:
        pool.submit(assert_no_open_transaction).result(5)
        with pytest.raises(RuntimeError, match="ledger has a transaction open"):
            assert_no_open_transaction()
        with pytest.raises(RuntimeError, match="ledger has a transaction open"), store.transaction():
            pass
    assert_no_open_transaction()


def test_nobody_waits_for_a_connection_beyond_his_deadline(database: Provisioned) -> None:
    store = Store(database.url, service="ledger", size=1)
    started = time.monotonic()
    with (
        store.transaction(),
        ThreadPoolExecutor(1) as pool,
        pytest.raises(DatabaseLostError, match="UNAVAILABLE the_service_is_unavailable"),
    ):
        pool.submit(read_until, store, time.time() + 0.2).result(5)
    waited = time.monotonic() - started

    assert 0.15 < waited < 2
    assert store.read("SELECT 1") == b"1"
    store.close()


def read_until(store: Store, deadline: float) -> bytes | None:
    with waiting_until(deadline):
        return store.read("SELECT 1")


def test_many_threads_share_few_connections(database: Provisioned) -> None:
    store = Store(database.url, service="crowded", size=3)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: store.read("SELECT %s::int * 2", (n,)), range(400)))
    sessions = store.rows("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'crm_crowded'")
    store.close()

    assert answers == [b"%d" % (n * 2) for n in range(400)]
    assert sessions[0][0] <= 3


def test_connections_that_nobody_needed_for_a_while_are_closed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    slots = [store._pool.take(time.time() + 5) for _ in range(3)]
    for slot in slots:
        store._pool.give_back(slot)
    assert [slot.reader.closed for slot in slots] == [False, False, False]

    monkeypatch.setattr("crm_common.pool._UNUSED", 0.0)
    assert store.read("SELECT 'x'") == b"x"

    # the one used last is lent first, and stays
    assert [slot.reader.closed for slot in slots] == [True, True, False]


def test_a_statement_that_takes_too_long_is_unavailable(database: Provisioned) -> None:
    store = Store(database.url, service="ledger", statement_timeout=0.1)

    with pytest.raises(DatabaseLostError) as read:
        store.read("SELECT pg_sleep(10)::text")
    with pytest.raises(DatabaseLostError) as written, store.transaction() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(10)")

    assert (read.value.repeatable, written.value.repeatable) == (False, False)
    assert store.read("SELECT 1") == b"1"
    store.close()


def test_a_prepared_read_follows_an_upgrade_of_the_table(service_database: Callable[[], Provisioned]) -> None:
    database = service_database()
    store = Store(database.url, service="ledger")
    insert(store, 5)
    read = "SELECT amount FROM (SELECT * FROM entry) AS all_columns"
    star = "SELECT * FROM (SELECT amount FROM entry) AS one_column"
    assert (store.read(read), store.read(star)) == (b"5", b"5")
    owner = Store(database.owner_url, service="ledger")
    with owner.transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE entry ALTER amount TYPE text")
    owner.close()

    assert (store.read(read), store.read(star)) == (b"5", b"5")
    store.close()


def test_the_store_comes_back_with_the_server(own_postgres: Callable[..., PostgresServer]) -> None:
    server = own_postgres(durable=False)
    store = Store(server.url, service="ledger")
    with store.transaction() as connection:
        connection.exec_driver_sql("CREATE TABLE entry (id uuid PRIMARY KEY, amount integer)")
    for end in (server.stop, server.kill):
        hold_open(store, 3)
        end()
        with pytest.raises(DatabaseLostError):
            store.read("SELECT 1")
        with pytest.raises(DatabaseLostError):
            insert(store)
        server.start()

        assert store.read("SELECT 1") == b"1"
        repeating(lambda: insert(store))
        with store.transaction() as connection:
            assert connection.exec_driver_sql("DELETE FROM entry").rowcount == 1
    store.close()


def test_idle_connections_of_before_a_restart_do_no_harm(own_postgres: Callable[..., PostgresServer]) -> None:
    server = own_postgres(durable=False)
    store = Store(server.url, service="ledger")
    hold_open(store, 5)
    server.kill()
    server.start()

    # the first finds out, and the other four are not asked
    assert [store.read("SELECT 1") for _ in range(6)] == [b"1"] * 6
    hold_open(store, 5)
    server.kill()
    server.start()
    with pytest.raises(DatabaseLostError) as lost, store.transaction() as connection:
        connection.exec_driver_sql("SELECT 1")
    with store.transaction() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    store.close()

    assert lost.value.repeatable


def hold_open(store: Store, connections: int) -> None:
    """Leave so many idle connections in the pool."""
    meeting = threading.Barrier(connections)

    def hold() -> None:
        with store.transaction() as connection:
            connection.exec_driver_sql("SELECT 1")
            meeting.wait(10)

    with ThreadPoolExecutor(connections) as pool:
        for done in [pool.submit(hold) for _ in range(connections)]:
            done.result(10)


def test_a_dedicated_connection_listens_outside_of_the_pool(database: Provisioned) -> None:
    store = Store(database.url, service="ledger", size=1)
    with store.dedicated() as listener:
        listener.execute("LISTEN outbox")
        with store.transaction() as connection:
            connection.exec_driver_sql("SELECT pg_notify('outbox', 'x')")
        heard = [note.payload for note in listener.notifies(timeout=10, stop_after=1)]
    store.close()

    assert heard == ["x"]


# patched before anything else, as our runner does it: hence a process of its own
GREEN = dedent("""
        from crm_common.runtime.green import patch
        patch()
        import eventlet, json, sys, time
        from crm_common.statements import line_of
        from crm_common.store import Store, assert_no_open_transaction
        store = Store(sys.argv[1], service="ledger", size=10)

        def slow(n):
            if n % 2:
                return int(store.read("SELECT pg_sleep(0.5)::text || %s", (n if n % 4 == 1 else str(n),)))
            if n % 4:
                with store.transaction() as connection:
                    return int(line_of(connection).ask(b"SELECT pg_sleep(0.5)::text || $1", [str(n)]).rows()[0][0])
            assert_no_open_transaction()
            with store.transaction() as connection:
                return connection.exec_driver_sql("SELECT pg_sleep(0.5)::text || %s", (n,)).scalar_one()

        slow(1)
        pool = eventlet.GreenPool(10)
        started = time.monotonic()
        answers = [int(found) for found in pool.imap(slow, range(10))]
        seconds = time.monotonic() - started

        # more than the socket takes at once
        with store.transaction() as connection:
            sizes = [line_of(connection).ask(b"SELECT $1::text", ["x" * 3_000_000]) for _ in range(3)]
            assert [len(each.rows()[0][0]) for each in sizes] == [3_000_000] * 3

        # whoever is interrupted leaves no connection behind that is still busy
        few = Store(sys.argv[1], service="ledger", size=1)
        interrupted = 0
        for _ in range(2):
            try:
                with eventlet.Timeout(0.1):
                    few.read("SELECT pg_sleep(20)::text")
            except eventlet.Timeout:
                interrupted += 1
            try:
                with eventlet.Timeout(0.1), few.transaction() as connection:
                    line_of(connection).ask(b"SELECT pg_sleep(20)", []).rows()
            except eventlet.Timeout:
                interrupted += 1
            try:
                with eventlet.Timeout(0.1), few.transaction() as connection:
                    connection.exec_driver_sql("SELECT pg_sleep(20)")
            except eventlet.Timeout:
                interrupted += 1
        with few.transaction() as connection:
            interrupted += connection.exec_driver_sql("SELECT 100").scalar_one()
        print(json.dumps([answers, seconds, interrupted, few.read("SELECT 7").decode()]))
""")


def test_green_threads_wait_side_by_side(database: Provisioned) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", GREEN, database.url],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    answers, seconds, interrupted, after = json.loads(done.stdout)

    assert answers == list(range(10))
    assert seconds < 4.5  # one after the other they take 5
    assert (interrupted, after) == (106, "7")
