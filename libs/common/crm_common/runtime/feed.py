"""Live events in one process: a listener's queue, and the feed of the one-process product."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

from crm_common.protocol.declare import Envelope
from crm_common.runtime.wire import event_sources

BUFFER = 10_000
"""How many events a listener may be behind before the rest is dropped and it is told so."""


class Listener:
    """One ``listen`` block: the types it asked for and the events that wait for it. Lives on one event loop."""

    def __init__(self, types: Collection[str], on_gap: Callable[[], None] | None) -> None:
        unknown = sorted(set(types) - set(event_sources()))
        if unknown:
            raise LookupError(f"no service declares the events {', '.join(unknown)}")
        self.types = frozenset(types)
        self.loop = asyncio.get_running_loop()
        self._on_gap = on_gap
        self._events: asyncio.Queue[Envelope] = asyncio.Queue()
        self._behind = False

    def offer(self, envelope: Envelope) -> None:
        """Hand over an event (on the loop); too far behind, it is dropped and the gap reported once."""
        if self._events.qsize() < BUFFER:
            self._behind = False
            self._events.put_nowait(envelope)
        elif not self._behind:
            self._behind = True
            self.gap()

    def gap(self) -> None:
        """Say (on the loop) that events may be missing."""
        if self._on_gap is not None:
            self._on_gap()

    async def events(self) -> AsyncIterator[Envelope]:
        """What was handed over, without end."""
        while True:
            yield await self._events.get()


class LocalFeed:
    """The feed inside one process: the relay's publisher hands every published event to the listeners."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()
        self._lock = threading.Lock()

    @asynccontextmanager
    async def listen(
        self, types: Collection[str], *, on_gap: Callable[[], None] | None = None
    ) -> AsyncIterator[AsyncIterator[Envelope]]:
        """As :meth:`crm_common.runtime.client.Feed.listen`; here nothing is lost but by falling behind."""
        listener = Listener(types, on_gap)
        with self._lock:
            self._listeners = (*self._listeners, listener)
        try:
            yield listener.events()
        finally:
            with self._lock:
                self._listeners = tuple(each for each in self._listeners if each is not listener)

    def publish(self, envelope: Envelope) -> None:
        """Give the event to everybody who listens for its type. Called from any thread."""
        for listener in self._listeners:
            if envelope.type in listener.types:
                try:
                    listener.loop.call_soon_threadsafe(listener.offer, envelope)
                except RuntimeError:
                    # its loop has ended without leaving the block
                    continue
