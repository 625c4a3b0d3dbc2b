"""Publishing in one process: the relay's events go straight into the inboxes of those who subscribe."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

from crm_common import telemetry
from crm_common.protocol.declare import Envelope
from crm_common.runtime.wire import event_body, event_headers, read_event


class Stores(Protocol):
    """What stores messages for consumers: ``crm_common.journal.inbox.Inbox``."""

    def store_messages(self, messages: Sequence[tuple[str, Envelope]]) -> Any:
        """Store ``(consumer, event)`` pairs with one commit."""
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
        # through the wire's own form, so that one process carries nothing that a broker would not
        events = [read_event(event_headers(each), event_body(each)) for each in envelopes]
        if self._stored(events):
            done = events
        else:
            done, held = [], set[str]()
            for event in events:
                if event.subject not in held and self._stored([event]):
                    done.append(event)
                else:
                    held.add(event.subject)
        for event in done:
            self._feed(event)
        return {event.id for event in done}

    def close(self) -> None:
        """Nothing is held."""

    def _stored(self, events: Sequence[Envelope]) -> bool:
        """Whether every subscriber has them; what some have stored already they recognise when it comes again."""
        messages: dict[Stores, list[tuple[str, Envelope]]] = {}
        for event in events:
            for inbox, consumer in self._subscribers(event.type):
                messages.setdefault(inbox, []).append((consumer, event))
        try:
            for inbox, pairs in messages.items():
                inbox.store_messages(pairs)
        except Exception:  # noqa: BLE001 - whatever it was, the events stay in the outbox and come again
            telemetry.logger().exception("publisher.not_stored", events=len(events))
            return False
        return True
