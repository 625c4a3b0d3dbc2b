"""Statements are built once, sent together, and fail as if each had been waited for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import errors as pg
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from crm_common.changes import repeating
from crm_common.provision import Provisioned
from crm_common.statements import insertion, line_of, statement, update, written
from crm_common.store import Store, assert_no_open_transaction, commit_with_next, is_over
from crm_common.telemetry import counted_statements

ONE, TWO = UUID(int=1), UUID(int=2)
entry = sa.Table("entry", sa.MetaData(), sa.Column("id", sa.Uuid, primary_key=True), sa.Column("amount", sa.Integer))
INSERT = insertion(entry)
CHANGE = update(entry)
AMOUNT = statement(sa.select(entry.c.amount).where(entry.c.id == sa.bindparam("id")))
ALL = "SELECT id, amount FROM entry ORDER BY id"


@dataclass
class Sent:
    """What went to the server, by the protocol's names."""

    messages: list[bytes]

    @property
    def round_trips(self) -> int:
        return self.messages.count(b"Sync") + self.messages.count(b"Query")


def traced(store: Store, work: Callable[[sa.Connection], None]) -> Sent:
    """The messages of a transaction, commit included."""
    with tempfile.TemporaryFile() as file:
        with store.transaction() as connection:
            line = line_of(connection)
            line.pgconn.trace(file.fileno())
            work(connection)
        line.pgconn.untrace()
        file.seek(0)
        rows = [row.split(b"\t") for row in file.read().splitlines()]
    return Sent([row[3] for row in rows if row[1:2] == [b"F"]])


def within(store: Store, work: Callable[[sa.Connection], None]) -> None:
    with store.transaction() as connection:
        work(connection)


def test_what_returns_nothing_is_sent_with_what_does_and_the_rest_with_the_commit(store: Store) -> None:
    def work(connection: sa.Connection) -> None:
        INSERT.run(connection, id=ONE, amount=1)
        INSERT.run(connection, id=TWO, amount=2)
        assert AMOUNT.first(connection, id=ONE) == (1,)
        CHANGE.run(connection, id=ONE, amount=3)

    traced(store, work)
    with store.transaction() as connection:
        connection.execute(sa.delete(entry))

    sent = traced(store, work)

    assert sent.round_trips == 2
    assert sent.messages.count(b"Execute") == 1 + 3 + 1 + 1
    assert store.rows(ALL) == [(ONE, 3), (TWO, 2)]


def test_several_answers_are_waited_for_at_once(store: Store) -> None:
    def work(connection: sa.Connection) -> None:
        INSERT.run(connection, id=ONE, amount=1)
        first, second = AMOUNT.ask(connection, id=ONE), AMOUNT.ask(connection, id=TWO)
        assert [row.amount for row in first.rows()] == [1]
        assert second.rows() == []

    assert traced(store, work).round_trips == 2


def test_a_transaction_in_which_nothing_happens_sends_nothing(store: Store) -> None:
    assert traced(store, lambda _: None).messages == []


def test_the_drivers_own_statements_come_after_what_was_asked_before_them(store: Store) -> None:
    with store.transaction() as connection:
        INSERT.run(connection, id=ONE, amount=1)
        assert connection.execute(sa.select(entry.c.amount)).scalars().all() == [1]
        INSERT.run(connection, id=TWO, amount=2)
        assert connection.execute(sa.select(entry.c.amount).order_by(entry.c.amount)).scalars().all() == [1, 2]


@pytest.mark.parametrize("way", ["with an answer", "with the commit", "before another's"])
def test_what_fails_is_raised_where_it_is_waited_for_and_leaves_nothing(store: Store, way: str) -> None:
    def work(connection: sa.Connection) -> None:
        INSERT.run(connection, id=ONE, amount=1)
        INSERT.run(connection, id=ONE, amount=2)
        INSERT.run(connection, id=TWO, amount=2)
        if way == "with an answer":
            AMOUNT.rows(connection, id=ONE)
        elif way == "before another's":
            connection.execute(sa.select(entry))

    with pytest.raises((pg.UniqueViolation, sa.exc.IntegrityError)):
        within(store, work)

    assert store.rows(ALL) == []
    with store.transaction() as connection:
        INSERT.run(connection, id=ONE, amount=1)
    assert store.rows(ALL) == [(ONE, 1)]


def test_what_was_asked_is_forgotten_with_the_transaction(store: Store) -> None:
    def work(connection: sa.Connection) -> None:
        INSERT.run(connection, id=ONE, amount=1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        within(store, work)
    with store.transaction() as connection:
        INSERT.run(connection, id=TWO, amount=2)

    assert store.rows(ALL) == [(TWO, 2)]


def test_a_value_that_cannot_be_sent_is_refused_at_once(store: Store) -> None:
    with store.transaction() as connection:
        with pytest.raises(psycopg.ProgrammingError):
            INSERT.run(connection, id=ONE, amount=object())
        with pytest.raises(TypeError, match="needs a value for amount"):
            INSERT.run(connection, id=ONE)
        INSERT.run(connection, id=TWO, amount=2)

    assert store.rows(ALL) == [(TWO, 2)]


def test_a_statement_follows_an_upgrade_of_its_table(service_database: Callable[[], Provisioned]) -> None:
    database = service_database()
    store = Store(database.url, service="ledger", size=1)

    def read() -> list[object]:
        with store.transaction() as connection:
            return [row.amount for row in AMOUNT.rows(connection, id=ONE)]

    with store.transaction() as connection:
        INSERT.run(connection, id=ONE, amount=1)
    assert read() == [1]
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("ALTER TABLE entry ALTER amount TYPE text")

    with pytest.raises(pg.FeatureNotSupported):
        read()
    assert read() == ["1"]
    store.close()


def test_statements_prepared_elsewhere_or_dropped_are_prepared_anew(store: Store) -> None:
    def read() -> object:
        with store.transaction() as connection:
            return AMOUNT.first(connection, id=ONE)

    read()
    with store.transaction() as connection:
        connection.exec_driver_sql("DEALLOCATE ALL")

    assert repeating(read) is None


def test_values_come_back_as_they_went(store: Store) -> None:
    given = sa.select(
        sa.bindparam("ids", type_=ARRAY(sa.Uuid)).label("ids"),
        sa.bindparam("words", type_=ARRAY(sa.Text)).label("words"),
        sa.bindparam("data", type_=JSONB).label("data"),
        sa.bindparam("missing", type_=sa.Text).label("missing"),
        sa.literal("said", sa.Text).label("said"),
    )
    with store.transaction() as connection:
        row = statement(given).first(
            connection, ids=[ONE, TWO], words=["a,b", '"', ""], data={"名": [1, None]}, missing=None
        )

    assert row._asdict() == {
        "ids": [ONE, TWO],
        "words": ["a,b", '"', ""],
        "data": {"名": [1, None]},
        "missing": None,
        "said": "said",
    }


def test_a_list_of_unknown_length_is_no_statement() -> None:
    with pytest.raises(TypeError, match="any_"):
        statement(sa.select(entry).where(entry.c.id.in_(sa.bindparam("ids", expanding=True))))


def test_each_statement_counts_but_begin_and_commit(store: Store) -> None:
    with counted_statements() as counted, store.transaction() as connection:
        INSERT.run(connection, id=ONE, amount=1)
        AMOUNT.rows(connection, id=ONE)

    assert counted.total == 2


def test_of_what_callers_make_the_last_hundred_stay_prepared(database: Provisioned) -> None:
    store = Store(database.url, service="ledger", size=1)
    for number in range(130):
        assert store.read(f"SELECT {number}::text || %s", ("x",)) == f"{number}x".encode()

    kept = store.read("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT%::text || $1'")

    assert kept == b"99"
    assert store.read("SELECT 0::text || %s", ("y",)) == b"0y"
    store.close()


def test_a_statement_may_be_written_as_sql(store: Store) -> None:
    given = written("SELECT %(b)s::integer AS b, %(a)s::uuid[] AS a, %(b)s::integer + 1 AS more, '%%' AS sign")
    with store.transaction() as connection:
        assert given.first(connection, a=[ONE], b=2)._asdict() == {"b": 2, "a": [ONE], "more": 3, "sign": "%"}
        with pytest.raises(TypeError, match="needs a value for b"):
            given.first(connection, a=[ONE])
    with pytest.raises(TypeError, match="have names"):
        written("SELECT %s::integer")


_SUM = "SELECT sum(amount)::text FROM entry WHERE id <> %s"
_NOBODY = (str(UUID(int=9)),)


def test_a_read_goes_with_the_commit_before_it_and_sees_what_it_committed(store: Store) -> None:
    store.read(_SUM, _NOBODY)
    seen: list[bytes | None] = []

    def work(connection: sa.Connection) -> None:
        INSERT.run(connection, id=ONE, amount=1)
        commit_with_next()
        assert not is_over()
        seen.append(store.read(_SUM, _NOBODY))
        assert is_over()

    sent = traced(store, work)

    assert seen == [b"1"]
    assert store.rows(ALL) == [(ONE, 1)]
    # the first time the insertion is prepared on the way
    assert sent.round_trips == 1
    assert sent.messages.count(b"Execute") == 1 + 1 + 1 + 1


def test_after_the_commit_the_call_keeps_its_connection_and_may_read_ask_others_and_write(
    service_database: Callable[[], Provisioned],
) -> None:
    only = Store(service_database().url, service="ledger", size=1, wait=0.5)
    with only.transaction() as connection:
        INSERT.run(connection, id=ONE, amount=1)
        commit_with_next()
        assert_no_open_transaction()
        assert only.rows(ALL) == [(ONE, 1)]
        assert only.read(_SUM, _NOBODY) == b"1"
        with only.transaction() as later:
            INSERT.run(later, id=TWO, amount=2)
        assert only.read(_SUM, _NOBODY) == b"3"

    assert only.rows(ALL) == [(ONE, 1), (TWO, 2)]
    only.close()


def test_what_keeps_it_from_being_committed_is_raised_by_the_read_that_goes_with_it(store: Store) -> None:
    store.read(_SUM, _NOBODY)

    def work(connection: sa.Connection) -> None:
        INSERT.run(connection, id=ONE, amount=1)
        INSERT.run(connection, id=ONE, amount=2)
        commit_with_next()
        with pytest.raises(pg.UniqueViolation):
            store.read(_SUM, _NOBODY)
        assert not is_over()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        within(store, work)

    assert store.rows(ALL) == []
    assert store.read(_SUM, _NOBODY) is None


def test_a_read_that_fails_does_not_undo_the_commit_it_goes_with(store: Store) -> None:
    failing = "SELECT (1 / (count(*) - %s::integer))::text FROM entry"
    assert store.read(failing, ("5",)) == b"0"
    with store.transaction() as connection:
        INSERT.run(connection, id=ONE, amount=1)
        commit_with_next()
        with pytest.raises(pg.DivisionByZero):
            store.read(failing, ("1",))
        assert is_over()

    assert store.rows(ALL) == [(ONE, 1)]


def test_what_has_failed_is_not_taken_for_committed(store: Store) -> None:
    def work(connection: sa.Connection) -> None:
        INSERT.run(connection, id=ONE, amount=1)
        with pytest.raises(pg.DivisionByZero):
            line_of(connection).execute("SELECT 1 / 0")

    with pytest.raises(pg.InFailedSqlTransaction):
        within(store, work)
    assert store.rows(ALL) == []
