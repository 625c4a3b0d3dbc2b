"""Events that arrived: stored once, worked in order per subject, tried again with delays, parked when nothing helps."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event as Flag
from typing import Any

import psycopg
import sqlalchemy as sa

from crm_common import codec, faults, telemetry
from crm_common.changes import Change, ChangeHost, repeating
from crm_common.context import system_context
from crm_common.journal import inbox_sql as sql
from crm_common.journal.delays import delay_after
from crm_common.journal.envelopes import envelope
from crm_common.journal.hints import Hints, Key
from crm_common.protocol.declare import Envelope
from crm_common.store import DatabaseLostError, Store
from crm_common.telemetry.masking import mask, mask_text

Handler = Callable[[Change, Envelope], None]
"""Brings about what an event means here, inside the inbox's transaction; an exception brings the event back later."""

Only = Callable[[Collection[str]], Collection[str]]
"""Of the types that have arrived, those for which the consumer waits."""

# How long an event is known after its effect, so that a late copy of it has none.
KNOWN_FOR = timedelta(days=7)
_TOGETHER = 16
_LONG_ENOUGH = 0.1
_SUBJECTS_A_SWEEP = 2000


@dataclass(frozen=True, slots=True)
class _Message:
    id: int
    consumer: str
    attempts: int
    more: bool
    event: Envelope

    @property
    def key(self) -> Key:
        return (self.consumer, self.event.source, self.event.subject)


def _known(messages: Iterable[int | str]) -> list[int]:
    """The ids among what was asked for; what is no number is the id of nothing."""
    return [int(message) for message in messages if str(message).isdecimal() and len(str(message)) < 19]


def forget_done(store: Store, now: datetime, most: int) -> int:
    """Forget up to ``most`` messages that took effect longer than `KNOWN_FOR` ago; how many."""
    return len(store.rows(sql.PRUNE, (now - KNOWN_FOR, most)))


class Inbox:
    """The inbox of one service. ``handlers`` maps a consumer (the subscribing method's name) to what it does.

    The transport calls `store_message` and acknowledges when it returns; the runtime calls `work` in as many threads
    (or green threads) as it wants workers; any number of processes may work on one inbox.
    """

    def __init__(
        self,
        host: ChangeHost,
        handlers: Mapping[str, Handler],
        *,
        only: Mapping[str, Only] | None = None,
        sweep: float = 1.0,
    ) -> None:
        self._host = host
        self._handlers = handlers
        self._only = only or {}
        self._sweep = sweep
        self._hints = Hints()
        self._sweeping = threading.Lock()
        self._next_sweep = 0.0
        self._next_backlog = 0.0
        self._swept_to: dict[str, tuple[str, str]] = {}
        self._log = telemetry.logger(host.service)

    def store_message(self, consumer: str, event: Envelope, *, again: bool = False) -> bool:
        """Store and commit; False when it was there already. ``again`` hands a known event to the handler once more.

        LookupError for a consumer without a handler.
        """
        return self.store_messages([(consumer, event)], again=again) == 1

    def store_messages(self, messages: Sequence[tuple[str, Envelope]], *, again: bool = False) -> int:
        """Store ``(consumer, event)`` pairs with one commit, all or none; how many were not there already.

        A commit waits for the disk: whoever has several messages at hand stores them together. No pair comes twice.
        """
        unknown = {consumer for consumer, _ in messages} - self._handlers.keys()
        if unknown:
            raise LookupError(f"{self._host.service} has no consumer {', '.join(sorted(unknown))}")
        messages = self._waited_for(messages)
        if not messages:
            return 0
        text = codec.encode([sql.stored_message(consumer, event) for consumer, event in messages]).decode()
        stored = self._host.store.rows(sql.STORE_AGAIN if again else sql.STORE, (text,))
        self._hints.add((consumer, source, subject) for consumer, source, subject in stored)
        return len(stored)

    def _waited_for(self, messages: Sequence[tuple[str, Envelope]]) -> Sequence[tuple[str, Envelope]]:
        """Without the events of consumers who hear all types but wait for few of them."""
        if self._only.keys().isdisjoint(consumer for consumer, _ in messages):
            return messages
        arrived: dict[str, set[str]] = {}
        for consumer, event in messages:
            arrived.setdefault(consumer, set()).add(event.type)
        kept = {each: self._only[each](types) if each in self._only else types for each, types in arrived.items()}
        return [(consumer, event) for consumer, event in messages if event.type in kept[consumer]]

    def work(self, stop: Flag) -> None:
        """Work on what is due until ``stop`` is set (noticed within ``sweep`` seconds). Survives a database restart."""
        while not stop.is_set():
            try:
                self._sweep_when_due()
                keys = self._hints.take(_TOGETHER, self._sweep)
                if keys:
                    self._work_on(keys)
            except (DatabaseLostError, sa.exc.OperationalError, psycopg.OperationalError) as error:
                self._log.warning("inbox.lost_the_database", problem=type(error).__name__)
                stop.wait(self._sweep)

    def parked(self, first: int = 100) -> list[dict[str, Any]]:
        """Messages that failed to the end, oldest first, without their data (names: `inbox_sql.LISTED`)."""
        rows = self._host.store.rows(sql.PARKED, (first,))
        return [dict(zip(sql.LISTED, row, strict=True)) for row in rows]

    def show(self, message: int | str) -> dict[str, Any] | None:
        """One message in any state with ``state`` and ``data``, phone numbers and the like masked; None without it."""
        rows = [row for known in _known([message]) for row in self._host.store.rows(sql.SHOW, (known,))]
        if not rows:
            return None
        shown = dict(zip((*sql.LISTED, "state", "data"), rows[0], strict=True))
        return shown | {"data": mask(shown["data"])}

    def redrive(self, messages: Collection[int | str] | None = None) -> int:
        """Put parked messages (all, or those) back to work, with all their tries before them; how many."""
        redriven = self._host.store.rows(sql.REDRIVE, (messages is None, _known(messages or ())))
        self._hints.add((consumer, source, subject) for consumer, source, subject in redriven)
        return len(redriven)

    def _work_on(self, keys: Sequence[Key]) -> None:
        """Work on the first event of each key: together where all goes well, else one by one."""
        try:
            alone = self._together(keys)
        except Exception as error:
            if isinstance(error, DatabaseLostError) and error.gone:
                raise
            alone = self._locked_ids(keys)
        for message in alone:
            self._alone(message)

    def _together(self, keys: Sequence[Key]) -> list[int]:
        """One transaction for several events; the ids of those that have failed before and are better worked alone."""
        alone: list[int] = []
        with self._host.store.transaction() as connection:
            # what is locked first is worked on however long that took: a busy database slows the inbox, never stops it
            messages = self._lock(connection, keys)
            left: list[Key] = []
            until = time.monotonic() + _LONG_ENOUGH
            while messages:
                alone += [message.id for message in messages if message.attempts > 0]
                fresh = [message for message in messages if message.attempts == 0]
                done = self._handle_until(until, connection, fresh)
                self._finish(connection, done)
                left = [message.key for message in done if message.more] + [one.key for one in fresh[len(done) :]]
                if not left or time.monotonic() >= until:
                    break
                # as long as the transaction is young, a subject's next event follows: holding its first is holding all
                messages, left = self._lock(connection, left), []
        # what nobody found work for is not asked for again: who has it tells, and the sweep finds what he does not
        self._hints.add(left)
        return alone

    def _handle_until(self, until: float, connection: sa.Connection, messages: Sequence[_Message]) -> list[_Message]:
        """Handle the messages in turn, the first in any case, until the moment has come; those that were handled."""
        done: list[_Message] = []
        for message in messages:
            if done and time.monotonic() >= until:
                break
            self._handle(connection, message)
            done.append(message)
        return done

    def _locked_ids(self, keys: Sequence[Key]) -> list[int]:
        with self._host.store.transaction() as connection:
            return [message.id for message in self._lock(connection, keys)]

    def _alone(self, message_id: int) -> None:
        """One event in its own transaction; a failure is written down for later."""
        tried: list[_Message] = []

        def attempt() -> None:
            with self._host.store.transaction() as connection:
                tried[:] = self._read(connection.exec_driver_sql(sql.LOCK_ONE, (message_id, self._host.clock.now())))
                for message in tried:
                    self._handle(connection, message)
                self._finish(connection, tried)

        try:
            repeating(attempt)
        except Exception as error:
            if not tried or (isinstance(error, DatabaseLostError) and error.gone):
                raise
            self._failed(tried[0], error)
        else:
            self._hints.add(message.key for message in tried if message.more)

    def _handle(self, connection: sa.Connection, message: _Message) -> None:
        event = message.event
        correlation = event.correlation_id or str(event.id)
        context = system_context(self._host.service, correlation_id=correlation, causation_id=str(event.id))
        change = Change(self._host, replace(context, traceparent=event.traceparent), connection)
        with telemetry.bind(change.context, service=self._host.service, event_id=str(event.id)):
            self._handlers[message.consumer](change, event)
            change.settle()
            faults.point(faults.INBOX_HANDLED)

    def _finish(self, connection: sa.Connection, messages: Sequence[_Message]) -> None:
        if messages:
            connection.exec_driver_sql(sql.DONE, (self._host.clock.now(), [message.id for message in messages]))

    def _failed(self, message: _Message, error: Exception) -> None:
        failures = message.attempts + 1
        delay = delay_after(failures)
        next_try = None if delay is None else self._host.clock.now() + delay
        problem = mask_text(f"{type(error).__name__}: {error}")
        self._host.store.rows(sql.FAILED, (next_try, next_try, problem, message.id, message.attempts))
        self._log.error(
            "inbox.parked" if next_try is None else "inbox.failed",
            consumer=message.consumer,
            event_id=str(message.event.id),
            event_type=message.event.type,
            attempts=failures,
            exc_info=error,
        )

    def _lock(self, connection: sa.Connection, keys: Sequence[Key]) -> list[_Message]:
        consumers, sources, subjects = (list(column) for column in zip(*keys, strict=True))
        return self._read(
            connection.exec_driver_sql(sql.LOCK_HEADS, (consumers, sources, subjects, self._host.clock.now()))
        )

    @staticmethod
    def _read(rows: Iterable[Any]) -> list[_Message]:
        return [_Message(row[0], row[1], row[3], row[4], envelope(row[5:], row[2])) for row in rows]

    def _tell_of_nobodys(self) -> None:
        # a handler that was renamed or removed leaves its messages to nobody
        for consumer, waiting in self._host.store.rows(sql.NOBODYS, (list(self._handlers),)):
            self._log.error("inbox.consumer_is_missing", consumer=consumer, waiting=waiting)

    def _sweep_when_due(self) -> None:
        """Find what nobody told of: after a start, after a delay, after another process went away."""
        if self._hints or time.monotonic() < self._next_sweep or not self._sweeping.acquire(blocking=False):
            return
        try:
            if self._next_sweep == 0.0:
                self._tell_of_nobodys()
            found = sum([self._sweep_consumer(consumer) for consumer in self._handlers])
            self._next_sweep = time.monotonic() + (0 if found else self._sweep)
            if time.monotonic() >= self._next_backlog:
                self._next_backlog = time.monotonic() + 10 * self._sweep
                telemetry.set_inbox_backlog(self._host.service, *self._host.store.rows(sql.BACKLOG)[0])
        finally:
            self._sweeping.release()

    def _sweep_consumer(self, consumer: str) -> int:
        """Note the due subjects among the next ones of the consumer, in turn, so that none waits for ever."""
        after = self._swept_to.pop(consumer, ("", ""))
        rows = self._host.store.rows(sql.HEADS, (consumer, *after, consumer, _SUBJECTS_A_SWEEP, self._host.clock.now()))
        if len(rows) == _SUBJECTS_A_SWEEP:
            self._swept_to[consumer] = rows[-1][:2]
        due = [(consumer, source, subject) for source, subject, is_due in rows if is_due]
        self._hints.add(due)
        return len(due)
