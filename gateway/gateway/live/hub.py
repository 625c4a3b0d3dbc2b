"""One listener on the feed for the whole process: drops cached actors, then hands events to the subscriptions."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from crm_common.errors import CrmError
from crm_common.protocol.declare import Envelope
from crm_common.runtime.client import Feed
from crm_common.telemetry import logger
from gateway.authentication import Actors
from gateway.authentication.actors import events_that_matter
from gateway.rules import EdgeRules

_log = logger("gateway")
_AGAIN = 1.0


class Listener:
    """The events that wait for one subscription. It is ended, not grown, when they come faster than they go."""

    __slots__ = ("_failure", "_limit", "_waiter", "_waiting", "types")

    def __init__(self, types: frozenset[str], limit: int) -> None:
        self.types = types
        self._limit = limit
        self._waiting: deque[Envelope] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._failure: CrmError | None = None

    def offer(self, event: Envelope) -> None:
        """Queue an event; the one too many ends the subscription and frees what waits."""
        if self._failure is not None:
            return
        if len(self._waiting) >= self._limit:
            self.fail(EdgeRules.the_reader_is_too_slow())
            return
        self._waiting.append(event)
        self._wake()

    def fail(self, error: CrmError) -> None:
        """End the subscription with this error."""
        if self._failure is None:
            self._failure = error
            self._waiting.clear()
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def __aiter__(self) -> Listener:
        return self

    async def __anext__(self) -> Envelope:
        while True:
            if self._failure is not None:
                raise self._failure
            if self._waiting:
                return self._waiting.popleft()
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None


@dataclass(frozen=True, slots=True)
class Address:
    """What one subscriber hears of events that are for one person each: those whose ``field`` holds his id."""

    field: str
    person: str


class Watcher(Protocol):
    """What this process keeps in step with events; both methods return at once."""

    @property
    def types(self) -> frozenset[str]:
        """Which events it is told of."""
        ...

    def heard(self, event: Envelope) -> None:
        """An event came."""
        ...

    def gap(self) -> None:
        """Events may be missing."""
        ...


class Hub:
    """The feed of all subscriptions, fed by one listener on the real one."""

    def __init__(self, feed: Feed, types: Collection[str], actors: Actors, *, queue: int) -> None:
        self._feed = feed
        self._actors = actors
        self._matter = events_that_matter()
        self._types = frozenset(types) | self._matter
        self._queue = queue
        self._listeners: dict[str, set[Listener]] = {}
        self._addressed: dict[tuple[str, Address], set[Listener]] = {}
        self._fields: dict[str, set[str]] = {}
        self.watchers: list[Watcher] = []
        self.connected = False

    async def run(self) -> None:
        """Listen until cancelled; after a failure everything that rests on events is dropped and it begins anew."""
        while True:
            try:
                async with self._feed.listen(self._types, on_gap=self._gap) as events:
                    # whatever was cached before this moment was not covered by any event
                    self._gap()
                    self.connected = True
                    async for event in events:
                        self._dispatch(event)
            except asyncio.CancelledError:
                raise
            except Exception:  # noqa: BLE001 - whatever it was, events must be heard again
                _log.exception("gateway.feed_failed")
            finally:
                self.connected = False
            self._gap()
            await asyncio.sleep(_AGAIN)

    def _dispatch(self, event: Envelope) -> None:
        if event.type in self._matter:
            self._actors.heard(event)
        for watcher in self.watchers:
            if event.type in watcher.types:
                watcher.heard(event)
        for listener in tuple(self._listeners.get(event.type, ())):
            listener.offer(event)
        # thousands may wait for what is for one of them: only he is woken
        for field in self._fields.get(event.type, ()):
            address = Address(field, str(event.data.get(field)))
            for listener in tuple(self._addressed.get((event.type, address), ())):
                listener.offer(event)

    def _gap(self) -> None:
        self._actors.drop_all()
        for watcher in self.watchers:
            watcher.gap()
        groups = (*self._listeners.values(), *self._addressed.values())
        for listener in {each for group in groups for each in group}:
            listener.fail(EdgeRules.events_may_be_missing())

    def listen(
        self, types: Collection[str], *, to: Address | None = None
    ) -> AbstractAsyncContextManager[AsyncIterator[Envelope]]:
        """Events of these types (for ``to``) from now on; a gap ends the iteration with ``UNAVAILABLE``."""
        return self._listening(frozenset(types), to)

    @asynccontextmanager
    async def _listening(self, types: frozenset[str], to: Address | None) -> AsyncIterator[AsyncIterator[Envelope]]:
        if not types <= self._types:
            raise LookupError(f"the hub does not hear {sorted(types - self._types)}")
        listener = Listener(types, self._queue)
        for each in types:
            self._enter(each, to, listener)
        try:
            yield listener
        finally:
            for each in types:
                self._leave(each, to, listener)

    def _enter(self, event_type: str, to: Address | None, listener: Listener) -> None:
        if to is None:
            self._listeners.setdefault(event_type, set()).add(listener)
            return
        self._fields.setdefault(event_type, set()).add(to.field)
        self._addressed.setdefault((event_type, to), set()).add(listener)

    def _leave(self, event_type: str, to: Address | None, listener: Listener) -> None:
        if to is None:
            self._listeners[event_type].discard(listener)
            return
        waiting = self._addressed[event_type, to]
        waiting.discard(listener)
        if not waiting:
            del self._addressed[event_type, to]
