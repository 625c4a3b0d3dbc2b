"""A command's open transaction: what use cases change is written with the events that tell it, in one commit."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import psycopg
import sqlalchemy as sa
from psycopg import errors as pg

from crm_common import faults, idempotency, payloads
from crm_common.clock import Clock
from crm_common.context import Actor, Context
from crm_common.ids import Ids
from crm_common.journal.write import NewEvent, write
from crm_common.payloads import Answers, Once
from crm_common.protocol.declare import Command, Event, Operation
from crm_common.protocol.policy import needs
from crm_common.statements import line_of
from crm_common.store import DatabaseLostError, Store, commit_now, commit_with_next, is_over, waiting_until
from crm_common.waiting import giving_way, thread_needed, way_of_process

if TYPE_CHECKING:
    from crm_common.settings import SettingsReader


R = TypeVar("R")
_PASSING = (pg.SerializationFailure, pg.DeadlockDetected, pg.UniqueViolation,
            pg.FeatureNotSupported, pg.InvalidSqlStatementName)  # fmt: skip

__all__ = ["Answers", "Change", "ChangeHost", "Once", "Usecase", "changing", "execute", "repeating"]


class ChangeHost(Protocol):
    """What a change needs of its service's surroundings; ``crm_common.runtime.host.ServiceHost`` is one."""

    @property
    def service(self) -> str: ...
    @property
    def store(self) -> Store: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def ids(self) -> Ids: ...
    @property
    def settings(self) -> SettingsReader: ...


class Change:
    """One open transaction of one caller. Use cases write through ``connection`` and say what happened by `record`."""

    def __init__(
        self,
        host: ChangeHost,
        context: Context,
        connection: sa.Connection,
        *,
        now: datetime | None = None,
        hasty: bool = False,
    ) -> None:
        self.connection = connection
        self.context = context
        self.now: datetime = now or host.clock.now()
        self.new_id = host.ids
        self.settings = host.settings
        self.service = host.service
        self.hasty = hasty
        """What is seldom refused may be left to the database and not waited for: whatever the change was asked by then
        fails with ``UniqueViolation`` or ``SerializationFailure``, and is repeated as a whole without haste."""
        self._events: list[NewEvent] = []

    def record(self, *events: Event) -> None:
        """Say what happened. The events are written, in this order, by one statement right before the commit.

        The subject of each is ``<aggregate>/<uuid>``: its type up to the dot, and its declared subject field.
        """
        self._events.extend(NewEvent.of(event, self.new_id()) for event in events)

    def require(self, *permissions: str) -> Actor:
        """The actor, who holds at least one of the permission keys; else ``UNAUTHENTICATED`` or ``FORBIDDEN``."""
        needs(*permissions).check(self.context)
        return self.context.authenticated()

    def flush(self) -> None:
        """Write the recorded events, with the commit at the latest. Whoever opened the transaction calls this."""
        if self._events:
            write(self.connection, self.context, self.now, self._events)
            self._events.clear()

    def finish(self) -> None:
        """Nothing more is changed: the events are written, and the commit goes with the next read of the same call."""
        self.flush()
        if faults.armed(faults.CHANGE_WRITTEN):
            self.settle()
            faults.point(faults.CHANGE_WRITTEN)
        commit_with_next()

    def settle(self) -> None:
        """Write the recorded events now and wait for everything: what the database refuses is raised here."""
        self.flush()
        line_of(self.connection).send()


Usecase = Callable[[Change, Any], dict[str, Any]]
"""Payload key → UUID of the changed record, list of UUIDs, plain JSON-able value, or `Once`."""


@contextmanager
def changing(
    host: ChangeHost, context: Context, *, now: datetime | None = None, hasty: bool = False
) -> Iterator[Change]:
    """A transaction with its `Change`; what was recorded is written at the end of the block, together with the commit.

    ``now`` stands in for the clock's, for jobs that run as of another moment. ``hasty``: see `Change`; whoever says so
    repeats what fails.
    """
    with host.store.transaction() as connection:
        change = Change(host, context, connection, now=now, hasty=hasty)
        yield change
        change.finish()


def execute(
    host: ChangeHost,
    context: Context,
    operation: Operation,
    usecase: Usecase,
    command: Command,
    *,
    answers: Answers | None = None,
) -> bytes:
    """Run a use case for a command and answer the JSON text of its payload.

    The answer has every payload key that the operation's declaration names: a record read through ``answers`` after
    the commit (null where ``command.select`` does not ask for it), or the plain value.
    With an ``idempotency_key`` the same command has one effect and gives the same answer for 7 days; another command
    under that key is ``CONFLICT the_key_was_used_for_another_request``. Deadlocks, failed serialisation, uniqueness
    settled by somebody else meanwhile and connections lost before the commit are repeated, 3 times in all.
    """
    claim = idempotency.Claim.of(context, operation.name, command)
    # a thread of the one process is where a change goes that has failed on the event loop: there it takes its time
    hasty = giving_way.get() is not None or bool(way_of_process)

    def changed(change: Change) -> dict[str, Any]:
        known = None if claim is None else claim.make(change.connection, change.now)
        if known is not None:
            return known
        payload = usecase(change, command)
        if claim is not None:
            claim.keep(change.connection, change.now, payloads.stored(operation, payload))
        return payloads.answered(operation, payload)

    def attempt() -> bytes | Exception:
        nonlocal hasty
        with changing(host, context, hasty=hasty) as change:
            hasty = False
            payload = changed(change)
            change.finish()
            if faults.armed(faults.CHANGE_COMMITTED):
                commit_now()
                faults.point(faults.CHANGE_COMMITTED)
            try:
                # the first record is read in the round trip of the commit
                return payloads.render(operation, payload, command.select or {}, answers, context)
            except Exception as failure:
                if not is_over():
                    raise
                # an answer that fails is no reason to change anything twice
                return failure

    with waiting_until(context.deadline):
        answer = repeating(attempt)
    if isinstance(answer, Exception):
        raise answer
    return answer


def repeating(attempt: Callable[[], R], times: int = 3) -> R:
    """``attempt``'s result; repeated where the database only asks to try the transaction as a whole again."""
    for turn in range(1, times + 1):
        try:
            return attempt()
        except (sa.exc.DBAPIError, psycopg.Error, DatabaseLostError) as error:
            if turn == times or not _passing(error):
                raise
        thread_needed(for_now=True)
        # whoever met here does not meet again
        time.sleep(random.uniform(0.002, 0.02) * turn)  # noqa: S311 - no secret
    raise AssertionError("unreachable")


def _passing(error: Exception) -> bool:
    if isinstance(error, DatabaseLostError):
        return error.repeatable
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    # a duplicate that somebody else committed meanwhile: the use case sees it now and answers in its own words;
    # a statement that was prepared before its tables changed: it is prepared anew
    return isinstance(cause, _PASSING)
