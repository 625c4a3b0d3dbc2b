"""A service's database: transactions for writing, single statements for reading, own connections for waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from psycopg import errors as pg
from psycopg.pq.abc import PGresult
from psycopg.types.json import set_json_loads

from crm_common import codec
from crm_common.errors import Code, CommonRules, CrmError
from crm_common.line import Line
from crm_common.pool import Pool, PoolExhaustedError, Slot
from crm_common.statements import numbered
from crm_common.telemetry import count_statement
from crm_common.waiting import (
    NeedsThreadError,
    changing,
    giving_way,
    has_committed,
    holding_up,
    note_commit,
    thread_needed,
)

R = TypeVar("R")
Parameters = Sequence[Any] | Mapping[str, Any]

_deadline: ContextVar[float | None] = ContextVar("epoch second until which the caller waits", default=None)

# What PostgreSQL says when it cannot serve, as opposed to what it says of a statement.
_UNAVAILABLE = (pg.QueryCanceled, pg.LockNotAvailable, pg.AdminShutdown, pg.CrashShutdown, pg.CannotConnectNow,
                pg.TooManyConnections, pg.InsufficientResources, pg.IdleInTransactionSessionTimeout)  # fmt: skip


@dataclass(slots=True)
class _Open:
    """A transaction: open, its commit waiting for a read to go with (``ending``), or ``over``.

    When it is over its connection stays with the call that had it, until the transaction's block ends.
    """

    store: Store
    slot: Slot
    events: bool = False
    ending: bool = False
    sent: bool = False
    over: bool = False


_open: ContextVar[_Open | None] = ContextVar("the transaction that is open here", default=None)


class DatabaseLostError(CrmError):
    """``UNAVAILABLE``: the database did not answer.

    ``gone``: there is no connection, whatever is asked; else the statement at hand took too long or found no room.
    ``repeatable``: the connection broke before anything can have been committed, so that a new one may do.
    """

    def __init__(self, service: str, *, gone: bool, repeatable: bool = False) -> None:
        rule = CommonRules.the_service_is_unavailable
        super().__init__(Code.UNAVAILABLE, rule.name, details={"service": service})
        self.gone = gone
        self.repeatable = repeatable


def assert_no_open_transaction() -> None:
    """RuntimeError when this (green) thread has a transaction open: what may take long is not done inside one.

    Nor on an event loop (NeedsThreadError there): whoever is about to wait for somebody else calls this.
    """
    thread_needed()
    _expect_none_open()


def _expect_none_open() -> None:
    commit_now()
    opened = _open.get()
    if opened is not None and not opened.over:
        raise RuntimeError(f"{opened.store.service} has a transaction open: ask the neighbour before or after it")


def commit_with_next() -> None:
    """The transaction that is open here changes nothing more: it is committed in the round trip of the next
    `Store.read`, or at its end. What keeps it from being committed is raised there."""
    opened = _open.get()
    if opened is not None:
        opened.ending = True


def commit_now() -> None:
    """Commit what waits since `commit_with_next`, if anything does."""
    opened = _open.get()
    if opened is not None and opened.ending and not opened.over:
        opened.sent = True
        opened.slot.reader.commit()
        opened.store.committed(opened)


def is_over() -> bool:
    """Whether the transaction in whose block this is asked is committed already."""
    opened = _open.get()
    return opened is not None and opened.over


def note_events() -> None:
    """The transaction that is open here leaves events in the outbox: when it has committed, ``Store.news`` is set."""
    opened = _open.get()
    if opened is not None:
        opened.events = True


class waiting_until:  # noqa: N801 - used as a function, see `crm_common.telemetry.logs.bind`
    """Within the block, nobody waits for a connection longer than until the epoch second ``deadline``."""

    __slots__ = ("_deadline", "_token")

    def __init__(self, deadline: float | None) -> None:
        self._deadline = deadline

    def __enter__(self) -> None:
        self._token = _deadline.set(self._deadline)

    def __exit__(self, *_: object) -> None:
        _deadline.reset(self._token)


class Store:
    """One service's database behind one pool. Works in threads, and in green ones where ``psycopg.waiting.wait`` is.

    ``url`` is a libpq URL or conninfo of the runtime role. ``size`` bounds the connections, ``wait`` (seconds) bounds
    waiting for one, ``statement_timeout`` (seconds) bounds every statement. Whatever keeps the database from answering
    is ``UNAVAILABLE``; after a restart of the server the next call opens a new connection.
    """

    def __init__(
        self, url: str, *, service: str, size: int = 10, wait: float = 5.0, statement_timeout: float = 30.0
    ) -> None:
        self.url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self.service = service
        self.size = size
        self._wait = wait
        self._statement_timeout = statement_timeout
        self._pool = Pool(self._connect, size)
        self.news = threading.Event()
        """Set by each commit that left events in the outbox; the relay of this process clears it."""

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A READ COMMITTED transaction: committed at the end of the block, rolled back by an exception.

        A second one inside is a RuntimeError. A connection that breaks is `DatabaseLostError`; other errors of the
        database come as SQLAlchemy's. Nothing may be kept of the connection after the block.
        """
        if changing.get() is None:
            thread_needed()
        _expect_none_open()
        slot = self._take()
        opened = _Open(self, slot)
        token = _open.set(opened)
        try:
            with slot.transaction() as connection:
                yield connection
                opened.sent = True
            if not opened.over:
                self.committed(opened)
        except (sa.exc.DBAPIError, psycopg.Error) as error:
            if not self._unavailable(error, slot):
                raise
            gone = slot.reader.closed
            raise DatabaseLostError(self.service, gone=gone, repeatable=gone and not opened.sent) from error
        finally:
            _open.reset(token)
            self._give_back(slot)

    def committed(self, opened: _Open) -> None:
        """The transaction is committed: nothing may undo or repeat it, and the relay has something to do."""
        opened.over = True
        note_commit()
        if opened.events:
            self.news.set()

    def read(self, sql: str, parameters: Parameters = (), *, prepare: bool = True) -> bytes | None:
        """The first column of the first row as PostgreSQL's text, or None where there is no row or it is null.

        One round trip: autocommit, the statement prepared (``prepare``) and kept by its text. Placeholders are
        psycopg's (``%s`` with a sequence, ``%(name)s`` with a mapping).
        """
        statement, names = numbered(sql)
        values: Any = parameters
        if names is not None:
            values = [parameters[name] for name in names]  # type: ignore[call-overload]
        elif isinstance(parameters, Mapping):
            values = ()
        plain = prepare and all(value is None or type(value) is str for value in values)

        def first(slot: Slot) -> bytes | None:
            if plain:
                return _first(slot.reader.read(statement, values))
            thread_needed()
            return _first(slot.cursor.execute(statement, values, prepare=prepare).pgresult)

        opened = _open.get()
        if plain and opened is not None and opened.ending and not opened.over and opened.store is self:
            answer = self._committing(opened, statement, values)
            if answer is not None:
                return _first(answer)
        return self._reading(first)

    def _committing(self, opened: _Open, statement: bytes, values: Sequence[str | None]) -> PGresult | None:
        opened.sent = True
        answer = opened.slot.reader.commit_and_read(statement, values)
        self.committed(opened)
        if answer is not None:
            count_statement()
        return answer

    def rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement that reads, run by itself (autocommit), as Python values."""
        thread_needed()
        with holding_up():
            return self._reading(lambda slot: slot.reader.execute(sql, parameters).fetchall())

    def dedicated(self) -> psycopg.Connection:
        """An autocommit connection outside of the pool, for LISTEN and advisory locks. The caller closes it."""
        thread_needed()
        try:
            return self._connect(statement_timeout=0)
        except psycopg.Error as error:
            raise DatabaseLostError(self.service, gone=True) from error

    def close(self) -> None:
        """Close the connections; those in use close when they come back."""
        self._pool.close()

    def _reading(self, run: Callable[[Slot], R]) -> R:
        count_statement()
        for last in (False, True):
            slot = self._take()
            try:
                return run(slot)
            except pg.FeatureNotSupported:
                # a prepared statement outlived a change of its tables: a new connection prepares it anew
                slot.close()
                if last:
                    raise
            except psycopg.Error as error:
                # a connection that stood idle while the server restarted shows it only now
                if not self._unavailable(error, slot):
                    raise
                if last or not slot.reader.closed:
                    raise DatabaseLostError(self.service, gone=slot.reader.closed) from error
            finally:
                self._give_back(slot)
        raise AssertionError("unreachable")

    def _take(self) -> Slot:
        commit_now()
        lent = self._lent()
        if lent is not None and not lent.reader.closed:
            return lent
        if giving_way.get() is not None:
            return self._take_on_loop()
        until = time.time() + self._wait
        deadline = _deadline.get()
        try:
            return self._pool.take(until if deadline is None else min(until, deadline))
        except (PoolExhaustedError, psycopg.OperationalError) as error:
            raise DatabaseLostError(self.service, gone=True) from error

    def _take_on_loop(self) -> Slot:
        try:
            return self._pool.take_idle()
        except NeedsThreadError as nothing_idle:
            if has_committed():
                raise DatabaseLostError(self.service, gone=True) from nothing_idle
            raise

    def _lent(self) -> Slot | None:
        """The connection that stays with this call since its transaction is over."""
        opened = _open.get()
        return opened.slot if opened is not None and opened.over and opened.store is self else None

    def _give_back(self, slot: Slot) -> None:
        if slot is not self._lent():
            self._pool.give_back(slot)
        elif slot.reader.closed:
            self._pool.forget(slot)

    @staticmethod
    def _unavailable(error: Exception, slot: Slot) -> bool:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        return slot.reader.closed or isinstance(cause, _UNAVAILABLE)

    def _connect(self, statement_timeout: float | None = None) -> Line:
        limit = self._statement_timeout if statement_timeout is None else statement_timeout
        limits = f"-c statement_timeout={int(limit * 1000)} -c idle_in_transaction_session_timeout=60000"
        connection = Line.connect(
            self.url,
            autocommit=True,
            application_name=f"crm_{self.service}",
            connect_timeout=5,
            options=f"{limits} -c TimeZone=UTC",
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
            tcp_user_timeout=20000,
        )
        set_json_loads(codec.decode_json, connection)
        return connection


def _first(result: PGresult | None) -> bytes | None:
    return result.get_value(0, 0) if result is not None and result.ntuples else None
