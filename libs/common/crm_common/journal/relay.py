"""Publishes what the outbox holds: one leader per service, in order per subject, at least once."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event as Flag
from typing import Protocol
from uuid import UUID

from crm_common.protocol.declare import Envelope
from crm_common.store import Store


class EventPublisher(Protocol):
    """Where the events go; ``crm_common.runtime.client.EventPublisher`` says what is promised."""

    def publish(self, envelopes: Sequence[Envelope]) -> set[UUID]:
        """The ids that were confirmed. Of one subject they come in order and are confirmed in order."""
        ...


class Relay:
    """One per service and process; of all processes the one that holds the advisory lock publishes.

    The runtime calls `run` in a thread (or green thread) of its own.
    """

    def __init__(self, store: Store, publisher: EventPublisher, *, batch: int = 500, sweep: float = 1.0) -> None:
        raise NotImplementedError

    def run(self, stop: Flag) -> None:
        """Lead or stand by until ``stop`` is set (noticed within ``sweep`` seconds). Survives a database restart."""
        raise NotImplementedError
