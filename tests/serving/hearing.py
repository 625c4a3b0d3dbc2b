"""Lets a service that stands alone hear events of its neighbours, through its inbox, as it would of them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from crm_common import codec
from crm_common.clock import SystemClock
from crm_common.protocol.declare import Envelope, Event
from crm_common.runtime.wire import source_of
from crm_common.store import Store
from serving.alone import Alone


def hear(service: Alone, *events: Event, call: str | None = None) -> None:
    """Deliver the events, all of one ``call`` and numbered as they stand, and work on the inbox until it is empty."""
    one_call = call or uuid4().hex
    deliver(service, [replace(envelope(each, one_call), seq=seq) for seq, each in enumerate(events, 1)])


def deliver(service: Alone, envelopes: Sequence[Envelope]) -> None:
    """Deliver envelopes to whoever subscribes, and work on the inbox until it is empty; fails when one of them did."""
    assembly = service.runtime.services[service.name]
    heard = assembly.dispatcher.declaration.subscriptions
    pairs = [(each.consumer, one) for one in envelopes for each in heard if each.event_type == one.type]
    assembly.inbox.store_messages(pairs)
    assembly.inbox.work(_Empty(service.store))
    problems = service.store.rows("SELECT consumer, problem FROM inbox WHERE state <> 'done'")
    assert problems == []


def envelope(event: Event, call: str) -> Envelope:
    """The event as it is published, new each time."""
    kind = type(event)
    return Envelope(
        id=uuid4(),
        type=kind.event_type,
        source=f"/crm/{source_of(kind)}",
        subject=f"{kind.event_type.partition('.')[0]}/{getattr(event, kind.subject_field)}",
        seq=1,
        time=SystemClock().now(),
        data=codec.to_builtins(event),
        correlation_id=call,
    )


class _Empty(threading.Event):
    """Set as soon as nothing fresh waits: what failed is left for the test to find."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def is_set(self) -> bool:
        """Whether it is."""
        return not self._store.rows("SELECT FROM inbox WHERE state = 'waiting' AND attempts = 0 LIMIT 1")
