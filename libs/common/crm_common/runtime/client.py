"""The seam between callers and services: the same calls, events and failures over RabbitMQ and inside one process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from uuid import UUID

from crm_common.context import Context
from crm_common.protocol.declare import Envelope


class Client(Protocol):
    """Calls a service's method from asyncio: the gateway's side."""

    async def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
        """The result's JSON text, unparsed. ``payload`` holds the fields of the command or query (JSON-able values).

        Raises the service's own ``CrmError``; ``UNAVAILABLE the_service_is_unavailable`` when no answer came before
        ``context.deadline``, when nobody serves ``service``, or when the connection broke under the call.
        """
        ...


class PeerClient(Protocol):
    """The same call, synchronous: one service's side towards another. No transaction may be open around it."""

    def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
        """As :meth:`Client.call`; RuntimeError when the caller's store has a transaction open."""
        ...


class Feed(Protocol):
    """Live events for caches and subscriptions: every replica sees every event, none is kept for later."""

    def listen(
        self, types: Collection[str], *, on_gap: Callable[[], None] | None = None
    ) -> AbstractAsyncContextManager[AsyncIterator[Envelope]]:
        """Events of the given types, from the moment the context is entered, in order per subject.

        ``on_gap`` is called on the event loop whenever events may have been missed (the connection was lost and is
        back, or the listener fell more than 10,000 events behind): drop what was derived from them.
        """
        ...


class EventPublisher(Protocol):
    """Where the relay sends what the outbox holds. Used by one thread at a time."""

    def publish(self, envelopes: Sequence[Envelope]) -> set[UUID]:
        """Send the events and answer the ids that were confirmed: only these may leave the outbox.

        ``envelopes`` of one subject come in the order of ``seq`` and are confirmed in that order: after one that was
        not, no later one of its subject is. Never raises for a broker that is away: then nothing is confirmed.
        """
        ...

    def close(self) -> None:
        """Give back the connection; publishing again opens it anew."""
        ...
