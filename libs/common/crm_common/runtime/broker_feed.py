"""Live events over RabbitMQ for the gateway: a queue of this replica's own that goes with its connection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from uuid import uuid4

from pamqp import commands

from crm_common import telemetry
from crm_common.protocol.declare import Envelope
from crm_common.runtime.feed import Listener
from crm_common.runtime.frames import Delivery
from crm_common.runtime.kept_link import KeptLink
from crm_common.runtime.link import Link, LinkClosed
from crm_common.runtime.wire import event_exchange, event_sources, read_event

ENTERING_SECONDS = 3.0
"""How long ``listen`` waits for the broker; then it begins without, and reports a gap when events begin to come."""


class BrokerFeed:
    """``Feed`` over RabbitMQ. ``start`` it on the loop on which it is listened to, ``close`` it at the end."""

    def __init__(self, url: str, *, name: str = "gateway") -> None:
        self._queue = ""
        self._bound: set[str] = set()
        self._listeners: set[Listener] = set()
        self._kept = KeptLink(
            url, name=f"{name}.feed", on_message=self._on_message, setup=self._set_up, lost=self._lose
        )

    async def start(self) -> None:
        """Begin to connect."""
        self._kept.start()

    async def close(self) -> None:
        """End the connection. Listeners stay, and hear nothing more."""
        await self._kept.close()

    def standing(self) -> bool:
        """Whether the connection stands now."""
        return self._kept.link is not None

    @asynccontextmanager
    async def listen(
        self, types: Collection[str], *, on_gap: Callable[[], None] | None = None
    ) -> AsyncIterator[AsyncIterator[Envelope]]:
        """As :meth:`crm_common.runtime.client.Feed.listen`."""
        listener = Listener(types, on_gap)
        self._listeners.add(listener)
        try:
            link = await self._kept.wait(ENTERING_SECONDS)
            if link is not None:
                try:
                    await self._bind(link, listener.types)
                except LinkClosed:
                    # it is made again, with this listener's types, and the gap is reported then
                    telemetry.logger().warning("feed.lost_while_entering", connection=self._kept.name)
            yield listener.events()
        finally:
            self._listeners.discard(listener)

    def _on_message(self, message: Delivery) -> None:
        try:
            envelope = read_event(message.headers, message.body)
        except ValueError as strange:
            telemetry.logger().warning("feed.unreadable", event_type=message.routing_key, problem=str(strange))
            return
        for listener in tuple(self._listeners):
            if envelope.type in listener.types:
                listener.offer(envelope)

    async def _set_up(self, link: Link) -> None:
        self._bound.clear()
        self._queue = f"feed-{self._kept.name}-{uuid4()}"
        await link.ask(commands.Queue.Declare(queue=self._queue, exclusive=True, auto_delete=True))
        listeners = list(self._listeners)
        await self._bind(link, {event_type for listener in listeners for event_type in listener.types})
        await link.ask(commands.Basic.Consume(queue=self._queue, no_ack=True))
        for listener in listeners:
            listener.gap()

    async def _bind(self, link: Link, types: Collection[str]) -> None:
        sources = event_sources()
        for event_type in sorted(set(types) - self._bound):
            for exchange in map(event_exchange, sources[event_type]):
                await link.ask(commands.Exchange.Declare(exchange=exchange, exchange_type="topic", durable=True))
                await link.ask(commands.Queue.Bind(queue=self._queue, exchange=exchange, routing_key=event_type))
            self._bound.add(event_type)

    def _lose(self) -> None:
        self._bound.clear()
