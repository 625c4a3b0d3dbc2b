"""Publishing in one process: the relay's events go straight into the inboxes of those who subscribe."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

from crm_common import telemetry
from crm_common.protocol.declare import Envelope
from crm_common.runtime.wire import event_body, event_headers, read_event


class Stores(Protocol):
    """What stores a message for a consumer: ``crm_common.journal.inbox.Inbox``."""

    def store_message(self, consumer: str, envelope: Envelope, *, again: bool = False) -> Any:
        """Store and commit."""
        ...


class LocalPublisher:
    """Hands events to every subscriber's inbox and to the feed; confirmed is what all inboxes have stored.

    ``subscribers`` gives the inboxes and consumers of an event type, ``feed`` takes the event afterwards.
    """

    def __init__(
        self,
        subscribers: Callable[[str], Iterable[tuple[Stores, str]]],
        feed: Callable[[Envelope], None],
    ) -> None:
        self._subscribers = subscribers
        self._feed = feed

    def publish(self, envelopes: Sequence[Envelope]) -> set[UUID]:
        """As :meth:`crm_common.runtime.client.EventPublisher.publish`."""
        confirmed: set[UUID] = set()
        failed: set[str] = set()
        for envelope in envelopes:
            if envelope.subject in failed:
                continue
            # through the wire's own form, so that one process carries nothing that a broker would not
            carried = read_event(event_headers(envelope), event_body(envelope))
            try:
                for inbox, consumer in self._subscribers(carried.type):
                    inbox.store_message(consumer, carried)
            except Exception:  # noqa: BLE001 - whatever it was, the event stays in the outbox and comes again
                failed.add(envelope.subject)
                telemetry.logger().exception("publisher.not_stored", event_type=carried.type, subject=carried.subject)
            else:
                confirmed.add(envelope.id)
                self._feed(carried)
        return confirmed

    def close(self) -> None:
        """Nothing is held."""
