"""Publishes events to RabbitMQ: pipelined, each one confirmed, in order within a subject."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from itertools import takewhile
from typing import Any
from uuid import UUID

import amqp

from crm_common import telemetry
from crm_common.protocol.declare import Envelope
from crm_common.runtime import measures
from crm_common.runtime.connection import BROKEN, close, connect, open_channel, send
from crm_common.runtime.frames import PERSISTENT, message, properties
from crm_common.runtime.topology import declare_events
from crm_common.runtime.wire import event_body, event_exchange, event_headers

CONFIRM_TIMEOUT = 5.0
"""Seconds without any confirm after which the connection counts as dead."""
WINDOW = 1000
"""Events on their way at once."""


class BrokerPublisher:
    """``EventPublisher`` on a connection of its own, opened when first needed. Not for several threads at once."""

    def __init__(self, url: str, *, service: str, confirm_timeout: float = CONFIRM_TIMEOUT) -> None:
        self._url = url
        self._service = service
        self._exchange = event_exchange(service)
        self._confirm_timeout = confirm_timeout
        self._connection: amqp.Connection | None = None
        self._channel: amqp.Channel | None = None
        self._sent = 0
        self._batch = _Batch(())
        self._last_heartbeat = 0.0

    def publish(self, envelopes: Sequence[Envelope]) -> set[UUID]:
        """As :meth:`crm_common.runtime.client.EventPublisher.publish`."""
        self._batch = batch = _Batch(envelopes)
        try:
            channel = self._open_channel()
            self._exchange_with(channel, batch)
        except BROKEN as broken:
            measures.unconfirmed.labels("connection").inc(len(envelopes) - len(batch.confirmed))
            telemetry.logger(self._service).warning("publisher.interrupted", problem=repr(broken))
            self._drop(politely=False)
        return batch.confirmed

    def close(self) -> None:
        """As :meth:`crm_common.runtime.client.EventPublisher.close`."""
        self._drop(politely=True)

    def _drop(self, *, politely: bool) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            close(connection, politely=politely)

    def _exchange_with(self, channel: amqp.Channel, batch: _Batch) -> None:
        connection = self._connection
        assert connection is not None
        while batch.ready or batch.waiting:
            while batch.ready and len(batch.waiting) < WINDOW:
                envelope = batch.ready.popleft()
                self._sent += 1
                batch.waiting[self._sent] = envelope
                self._send(channel, envelope)
            # raises TimeoutError, which is a broken connection here, when nothing at all comes back
            connection.drain_events(timeout=self._confirm_timeout)

    def _send(self, channel: amqp.Channel, envelope: Envelope) -> None:
        about = properties(PERSISTENT, event_headers(envelope), message_id=str(envelope.id))
        frame_max = channel.connection.frame_max
        target = (self._exchange, envelope.type)
        send(channel, message(channel.channel_id, frame_max, target, about, event_body(envelope), mandatory=True))

    def _open_channel(self) -> amqp.Channel:
        if self._connection is not None and self._channel is not None:
            # nobody reads here between two batches: catch up with heartbeats and with a connection that has ended
            with suppress(TimeoutError):
                self._connection.drain_events(timeout=0)
            self._connection.heartbeat_tick()
            return self._channel
        connection = connect(self._url, name=f"{self._service}.relay")
        self._connection = connection
        channel = open_channel(connection)
        declare_events(connection, channel, self._service)
        channel.confirm_select()
        self._sent = 0
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        self._channel = channel
        return channel

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:
        self._batch.settle(delivery_tag, multiple, confirmed=True)

    def _on_nack(self, delivery_tag: int, multiple: bool) -> None:
        measures.unconfirmed.labels("refused").inc()
        self._batch.settle(delivery_tag, multiple, confirmed=False)

    def _on_return(self, _why: Any, _exchange: str, routing_key: str, event: amqp.Message) -> None:
        # not even the stream is bound: the event would be lost. The confirm that follows does not count.
        measures.unconfirmed.labels("returned").inc()
        telemetry.logger(self._service).error("publisher.returned", event_type=routing_key)
        self._batch.returned.add(UUID(event.properties["message_id"]))


class _Batch:
    """One call's events: ready to be sent, on their way by delivery tag, or behind one of the same subject."""

    def __init__(self, envelopes: Sequence[Envelope]) -> None:
        self.ready: deque[Envelope] = deque()
        self.waiting: dict[int, Envelope] = {}
        self.returned: set[UUID] = set()
        self.confirmed: set[UUID] = set()
        self._behind: dict[str, deque[Envelope]] = {}
        for envelope in envelopes:
            if envelope.subject in self._behind:
                self._behind[envelope.subject].append(envelope)
            else:
                self._behind[envelope.subject] = deque()
                self.ready.append(envelope)

    def settle(self, delivery_tag: int, multiple: bool, *, confirmed: bool) -> None:
        """The broker has answered one event, or all up to it."""
        if multiple:
            tags = list(takewhile(lambda tag: tag <= delivery_tag, self.waiting))
        else:
            tags = [delivery_tag] if delivery_tag in self.waiting else []
        for tag in tags:
            envelope = self.waiting.pop(tag)
            if not confirmed or envelope.id in self.returned:
                # what follows of this subject stays behind, too
                continue
            self.confirmed.add(envelope.id)
            behind = self._behind[envelope.subject]
            if behind:
                self.ready.append(behind.popleft())
