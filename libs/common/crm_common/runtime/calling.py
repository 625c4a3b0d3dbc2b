"""The connection on which a service answers its callers and calls its peers: one per process, green under eventlet."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import threading
from itertools import count
from typing import Any
from uuid import uuid4

import amqp

from crm_common.context import Context, Seal
from crm_common.errors import CommonRules, CrmError
from crm_common.runtime.connection import BROKEN, KeptConnection, open_channel, send
from crm_common.runtime.frames import TRANSIENT, message, properties
from crm_common.runtime.topology import declare_exchange
from crm_common.runtime.wire import (
    RPC_EXCHANGE,
    call_body,
    call_headers,
    expiration,
    read_reply,
)
from crm_common.store import assert_no_open_transaction

PATIENCE = 1.0
"""Seconds for which a call waits while the connection is being made again."""


class _Pending:
    __slots__ = ("body", "done", "error")

    def __init__(self) -> None:
        self.done = threading.Event()
        self.body = b""
        self.error: CrmError | None = None


class BrokerPeers:
    """``PeerClient`` over RabbitMQ, and the way replies go out. Works in threads, green ones included."""

    def __init__(self, url: str, *, service: str, seal: Seal) -> None:
        self._seal = seal
        self._service = service
        # the channel and the address for replies belong together: both change with the connection
        self._line: tuple[amqp.Channel, str] | None = None
        self._pending: dict[str, tuple[str, _Pending]] = {}
        self._numbers = count(1)
        self._hung_up = False
        self.connection = KeptConnection(url, name=f"{service}.calls", setup=self._open, lost=self._lose)

    def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
        """As :meth:`crm_common.runtime.client.PeerClient.call`."""
        assert_no_open_transaction()
        unavailable = CommonRules.the_service_is_unavailable(service=service)
        if self._hung_up or not self.connection.wait(min(PATIENCE, context.remaining())):
            raise unavailable
        correlation_id = f"{self._service}.{next(self._numbers)}"
        pending = _Pending()
        self._pending[correlation_id] = (service, pending)
        try:
            self._send(service, method, payload, context, correlation_id)
            if not pending.done.wait(max(0.0, context.remaining())):
                raise unavailable
        except BROKEN as broken:
            raise unavailable from broken
        finally:
            self._pending.pop(correlation_id, None)
        if pending.error is not None:
            raise pending.error
        return read_reply(service, pending.body)

    def reply(self, routing_key: str, correlation_id: str, body: bytes, seconds: float) -> None:
        """Answer a call; nobody waits for the answer longer than ``seconds``, so the broker forgets it then."""
        if seconds <= 0 or not self.connection.wait(min(PATIENCE, seconds)):
            return
        channel, _ = self._standing_line()
        about = properties(TRANSIENT, correlation_id=correlation_id, expiration=expiration(seconds))
        self._write(channel, (RPC_EXCHANGE, routing_key), about, body)

    def hang_up(self) -> None:
        """Wait for no peer any more, as this process is about to end: what still asks is told ``UNAVAILABLE``."""
        self._hung_up = True
        self._give_up_waiting()

    def _send(self, service: str, method: str, payload: dict[str, Any], context: Context, correlation_id: str) -> None:
        channel, reply_to = self._standing_line()
        about = properties(
            TRANSIENT,
            call_headers(context, self._seal),
            correlation_id=correlation_id,
            reply_to=reply_to,
            expiration=expiration(context.remaining()),
        )
        self._write(channel, (RPC_EXCHANGE, f"{service}.{method}"), about, call_body(payload), mandatory=True)

    def _standing_line(self) -> tuple[amqp.Channel, str]:
        if self._line is None:
            raise OSError("the connection is being made again")
        return self._line

    def _write(
        self, channel: amqp.Channel, target: tuple[str, str], about: bytes, body: bytes, *, mandatory: bool = False
    ) -> None:
        frames = message(channel.channel_id, channel.connection.frame_max, target, about, body, mandatory=mandatory)
        try:
            send(channel, frames)
        except BROKEN:
            # half a frame may have been written: nothing more can be said on this connection
            self.connection.renew()
            raise

    def _open(self, connection: amqp.Connection) -> None:
        channel = open_channel(connection)
        declare_exchange(channel, RPC_EXCHANGE)
        reply_to = str(uuid4())
        queue = f"rpc.reply-{self._service}-{reply_to}"
        channel.queue_declare(queue, exclusive=True, auto_delete=True, durable=False)
        channel.queue_bind(queue, RPC_EXCHANGE, routing_key=reply_to)
        channel.basic_consume(queue, no_ack=True, callback=self._on_reply)
        channel.events["basic_return"].add(self._on_return)
        self._line = (channel, reply_to)

    def _lose(self) -> None:
        self._line = None
        # the reply queue went with the connection: no answer can come any more
        self._give_up_waiting()

    def _give_up_waiting(self) -> None:
        for service, pending in list(self._pending.values()):
            pending.error = CommonRules.the_service_is_unavailable(service=service)
            pending.done.set()

    def _on_reply(self, reply: amqp.Message) -> None:
        found = self._pending.pop(reply.properties.get("correlation_id", ""), None)
        if found is not None:
            found[1].body = bytes(reply.body)
            found[1].done.set()

    def _on_return(self, _why: Exception, _exchange: str, _routing_key: str, call: amqp.Message) -> None:
        found = self._pending.pop(call.properties.get("correlation_id", ""), None)
        if found is not None:
            service, pending = found
            pending.error = CommonRules.the_service_is_unavailable(service=service)
            pending.done.set()
