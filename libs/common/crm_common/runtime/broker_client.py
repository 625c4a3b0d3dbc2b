"""Calls services over RabbitMQ from asyncio: one kept connection, thousands of calls in flight, none without an end."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any
from uuid import uuid4

from pamqp import commands

from crm_common.context import Context, Seal
from crm_common.errors import CommonRules
from crm_common.runtime.frames import TRANSIENT, Delivery, message, properties
from crm_common.runtime.kept_link import KeptLink
from crm_common.runtime.link import CHANNEL, Link, LinkClosed
from crm_common.runtime.wire import (
    RPC_EXCHANGE,
    call_body,
    call_headers,
    expiration,
    read_reply,
)

PATIENCE = 1.0
"""Seconds for which a call waits while the connection is being made again."""


class BrokerClient:
    """``Client`` over RabbitMQ. ``start`` it on the loop on which it is called, ``close`` it at the end."""

    def __init__(self, url: str, *, seal: Seal, name: str = "gateway") -> None:
        self._seal = seal
        self._reply_to = ""
        self._pending: dict[str, tuple[str, asyncio.Future[bytes]]] = {}
        self._numbers = count(1)
        self._kept = KeptLink(
            url, name=f"{name}.calls", on_message=self._on_message, setup=self._set_up, lost=self._lose
        )

    async def start(self) -> None:
        """Begin to connect; calls wait for the connection for a second."""
        self._kept.start()

    async def close(self) -> None:
        """End the connection; calls in flight answer ``UNAVAILABLE``."""
        await self._kept.close()

    def standing(self) -> bool:
        """Whether the connection stands now."""
        return self._kept.link is not None

    async def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
        """As :meth:`crm_common.runtime.client.Client.call`."""
        link = self._kept.link or await self._kept.wait(min(PATIENCE, context.remaining()))
        remaining = context.remaining()
        if link is None or link.blocked or remaining <= 0:
            raise CommonRules.the_service_is_unavailable(service=service)
        correlation_id = str(next(self._numbers))
        about = properties(
            TRANSIENT,
            call_headers(context, self._seal),
            correlation_id=correlation_id,
            reply_to=self._reply_to,
            expiration=expiration(remaining),
        )
        target = (RPC_EXCHANGE, f"{service}.{method}")
        data = message(CHANNEL, link.frame_max, target, about, call_body(payload), mandatory=True)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bytes] = loop.create_future()
        timer = loop.call_later(remaining, self._fail, correlation_id)
        self._pending[correlation_id] = (service, future)
        try:
            link.write(data)
            body = await future
        except LinkClosed as closed:
            raise CommonRules.the_service_is_unavailable(service=service) from closed
        finally:
            timer.cancel()
            del self._pending[correlation_id]
        return read_reply(service, body)

    def _on_message(self, delivery: Delivery) -> None:
        if delivery.returned:
            # nobody has ever served this name here: the exchange has no queue for it
            self._fail(delivery.correlation_id)
            return
        found = self._pending.get(delivery.correlation_id)
        if found is not None and not found[1].done():
            found[1].set_result(delivery.body)

    def _fail(self, correlation_id: str) -> None:
        found = self._pending.get(correlation_id)
        if found is not None and not found[1].done():
            found[1].set_exception(CommonRules.the_service_is_unavailable(service=found[0]))

    def _lose(self) -> None:
        # the reply queue goes with the connection: no answer to these can come any more
        for correlation_id in list(self._pending):
            self._fail(correlation_id)

    async def _set_up(self, link: Link) -> None:
        reply_to = str(uuid4())
        queue = f"rpc.reply-{self._kept.name}-{reply_to}"
        await link.ask(commands.Exchange.Declare(exchange=RPC_EXCHANGE, exchange_type="topic", durable=True))
        await link.ask(commands.Queue.Declare(queue=queue, exclusive=True, auto_delete=True))
        await link.ask(commands.Queue.Bind(queue=queue, exchange=RPC_EXCHANGE, routing_key=reply_to))
        await link.ask(commands.Basic.Consume(queue=queue, no_ack=True))
        self._reply_to = reply_to
