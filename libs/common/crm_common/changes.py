"""A command's open transaction: what use cases change is written with the events that tell it, in one commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from crm_common.clock import Clock
from crm_common.context import Actor, Context
from crm_common.ids import Ids
from crm_common.journal.write import NewEvent, write
from crm_common.protocol.declare import Command, Event, Operation
from crm_common.protocol.policy import needs
from crm_common.store import Store

if TYPE_CHECKING:
    from crm_common.settings import SettingsReader


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


class Answers(Protocol):
    """Reads changed records back as their views; ``crm_common.reading.Reader`` is one."""

    def by_ids(self, view: type, ids: Sequence[UUID], select: str | None, context: Context) -> bytes:
        """A JSON list aligned with ``ids``, null where there is nothing to see."""
        ...


@dataclass(frozen=True, slots=True)
class Once:
    """A payload value that is answered the first time only and never stored (a secret, a token): null on a replay."""

    value: Any


class Change:
    """One open transaction of one caller. Use cases write through ``connection`` and say what happened by `record`."""

    def __init__(self, host: ChangeHost, context: Context, connection: sa.Connection) -> None:
        self.connection = connection
        self.context = context
        self.now: datetime = host.clock.now()
        self.new_id = host.ids
        self.settings = host.settings
        self.service = host.service
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
        """Write the recorded events. Whoever opened the transaction calls this before it commits."""
        if self._events:
            write(self.connection, self.context, self.now, self._events)
            self._events.clear()


Usecase = Callable[[Change, Any], dict[str, Any]]
"""Payload key → UUID of the changed record, list of UUIDs, plain JSON-able value, or `Once`."""


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
    under that key is ``CONFLICT the_key_was_used_for_another_request``. Deadlocks, failed serialisation and lost
    connections that cannot have committed are repeated, 3 times in all.
    """
    raise NotImplementedError
