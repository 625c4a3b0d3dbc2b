"""The connections of one store: opened when needed, lent to one caller at a time, waited for with a limit."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

import psycopg
import sqlalchemy as sa
from psycopg.pq import TransactionStatus

from crm_common.line import Line
from crm_common.telemetry import count_statement
from crm_common.waiting import NeedsThreadError, holding_up

Connect = Callable[[], Line]

_UNUSED = 30.0
"""Seconds after which a connection that nobody needed is closed: each costs the server 2 to 4 MB."""


class Slot:
    """One connection, lent to one caller at a time: bare for reads, as SQLAlchemy's for writes (made at first use)."""

    __slots__ = ("_engine", "_writer", "cursor", "generation", "idle_since", "reader")

    def __init__(self, reader: Line, engine: sa.Engine, generation: int) -> None:
        self.reader = reader
        self.cursor = psycopg.RawCursor(reader)
        self.generation = generation
        self.idle_since = 0.0
        self._engine = engine
        self._writer: sa.Connection | None = None

    def writer(self) -> sa.Connection:
        """The same connection for SQLAlchemy Core. It stays bound, so lending it costs no round trip and no reset."""
        if self._writer is None:
            token = _HANDED_OVER.set(self.reader)
            try:
                # the first time SQLAlchemy asks the server who it is, with a lock in its hand
                with holding_up():
                    self._writer = self._engine.connect()
            finally:
                _HANDED_OVER.reset(token)
            self._writer.detach()
        return self._writer

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A transaction around the block. It begins with the first statement; what waits is sent with the commit."""
        writer = self.writer()
        self.reader.begin()
        try:
            yield writer
            self.reader.commit()
        except BaseException:
            # what cannot even be undone shows by not being idle, and is closed
            with suppress(psycopg.Error):
                self.reader.rollback()
            raise
        finally:
            if writer.in_transaction() and not self.reader.closed:
                # it is over; SQLAlchemy begins by itself with its first statement and wants to be told
                with suppress(psycopg.Error, sa.exc.DBAPIError):
                    writer.rollback()

    def idle(self) -> bool:
        """Whether no statement runs and no transaction is open."""
        return self.reader.pgconn.transaction_status == TransactionStatus.IDLE

    def close(self) -> None:
        """Close the connection; one that is broken already does not object."""
        self.reader.close()


_HANDED_OVER: ContextVar[psycopg.Connection] = ContextVar("the connection that SQLAlchemy is to adopt")


class PoolExhaustedError(Exception):
    """Nothing became free before the caller's time was up."""


class Pool:
    """At most ``size`` connections made by ``connect`` (autocommit), the one used last lent first. Thread-safe.

    What nobody needed for half a minute is closed when the next one comes back.
    """

    def __init__(self, connect: Connect, size: int) -> None:
        self._connect = connect
        self._permits = threading.Semaphore(size)
        self._idle: deque[Slot] = deque()
        self._generation = 0
        self._closed = False
        self._engine = sa.create_engine(
            "postgresql+psycopg://", creator=_HANDED_OVER.get, poolclass=sa.NullPool, use_native_hstore=False
        )
        sa.event.listen(self._engine, "before_cursor_execute", lambda *_: count_statement())

    def take(self, until: float) -> Slot:
        """A connection, waited for until the epoch second ``until`` (`PoolExhaustedError`); opening one may fail."""
        if not self._permits.acquire(timeout=max(0.0, until - time.time())):
            raise PoolExhaustedError
        try:
            return self._usable() or Slot(self._connect(), self._engine, self._generation)
        except BaseException:
            self._permits.release()
            raise

    def take_idle(self) -> Slot:
        """A connection that is open and free now; NeedsThreadError when one has to be waited for or opened."""
        if not self._permits.acquire(blocking=False):
            raise NeedsThreadError(for_now=True)
        slot = self._usable()
        if slot is None:
            self._permits.release()
            raise NeedsThreadError(for_now=True)
        return slot

    def _usable(self) -> Slot | None:
        while self._idle:
            try:
                slot = self._idle.pop()
            except IndexError:
                return None
            if slot.generation == self._generation and not slot.reader.closed:
                return slot
            slot.close()
        return None

    def give_back(self, slot: Slot) -> None:
        """Return a lent connection. A broken one takes the idle ones of its age along; a busy one is closed.

        Busy is one whose borrower was interrupted (a green thread that was killed) in the middle of a statement.
        """
        if slot.reader.closed:
            self.forget(slot)
        elif self._closed or slot.generation != self._generation or not slot.idle():
            slot.close()
        else:
            slot.idle_since = time.monotonic()
            self._idle.append(slot)
            self._close_unused(slot.idle_since - _UNUSED)
        self._permits.release()

    def _close_unused(self, since: float) -> None:
        """Close what has been idle since before that moment: it lies at the other end than what was used last."""
        while self._idle and self._idle[0].idle_since < since:
            try:
                oldest = self._idle.popleft()
            except IndexError:
                return
            if oldest.idle_since < since:
                oldest.close()
            else:
                # another thread was quicker, this is a younger one
                self._idle.appendleft(oldest)

    def forget(self, slot: Slot) -> None:
        """The server behind this connection went away: connections opened before now are not used again."""
        slot.close()
        self._generation = max(self._generation, slot.generation + 1)

    def close(self) -> None:
        """Close what is idle; what is lent closes when it comes back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()
