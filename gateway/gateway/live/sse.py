"""Operations over text/event-stream: graphql-sse's distinct connections mode, one operation per request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

from graphql import OperationType

from crm_common.errors import CommonRules, CrmError
from crm_common.telemetry import logger
from gateway.asgi import Exchange
from gateway.authentication import Claims
from gateway.execution import Answer
from gateway.http.answers import Reply, encode
from gateway.live.connections import Connections
from gateway.live.hub import Hub
from gateway.live.outgoing import PeerLostError, cut, patient
from gateway.live.subscriber import Subscriber, cause_of
from gateway.metrics import LIVE
from gateway.operations import Operations, Prepared, RefusedError, error_of
from gateway.ratelimit import AtOnce, CrowdedError
from gateway.rules import EdgeRules

_log = logger("gateway")
_TYPE = (b"content-type", b"text/event-stream; charset=utf-8")
# a proxy that collects the stream before it passes it on would hold back every event
_UNBUFFERED = (b"x-accel-buffering", b"no")


class EventStreams:
    """Serves operations as event streams."""

    def __init__(self, operations: Operations, hub: Hub, connections: Connections, at_once: AtOnce) -> None:
        self._operations = operations
        self._hub = hub
        self._connections = connections
        self._at_once = at_once
        self._live = operations.settings.live

    async def serve(self, prepared: Prepared, exchange: Exchange, reply: Reply) -> None:
        """The whole stream: ``next`` per answer, ``complete`` at the end. RefusedError before it has begun."""
        stream = _Stream(prepared, exchange, reply, self._live.send_timeout)
        if prepared.kind is OperationType.SUBSCRIPTION:
            await self._follow(prepared, stream)
            return
        answer = await self._operations.run(prepared)
        with suppress(PeerLostError):
            await stream.start()
            await stream.next(answer.to_response())
            await stream.complete()

    async def _follow(self, prepared: Prepared, stream: _Stream) -> None:
        if prepared.session is None:
            raise RefusedError.by(CommonRules.a_valid_session_is_needed(), prepared.arrival, 401)
        subscriber = Subscriber(self._operations, self._hub, prepared, prepared.session)
        try:
            with self._at_once.place(prepared.key):
                answers = await subscriber.answers()
                self._connections.add(stream)
                LIVE.labels("sse").inc()
                try:
                    await stream.follow(answers, self._live.keep_alive)
                finally:
                    LIVE.labels("sse").dec()
                    self._connections.remove(stream)
                    await answers.aclose()
        except CrowdedError as crowded:
            raise RefusedError.crowded(crowded, prepared.arrival) from crowded


class _Stream:
    """One response in progress."""

    def __init__(self, prepared: Prepared, exchange: Exchange, reply: Reply, seconds: float) -> None:
        self._arrival = prepared.arrival
        self._session = prepared.session
        self._exchange = exchange
        self._reply = reply
        self._seconds = seconds
        self._ending: asyncio.Future[CrmError] = asyncio.get_running_loop().create_future()

    @property
    def claims(self) -> Claims | None:
        return self._session.claims if self._session else None

    def end(self, code: int, error: CrmError) -> None:
        """Send the error as the last answer and complete; ``code`` is for sockets."""
        del code
        if not self._ending.done():
            self._ending.set_result(error)

    async def start(self) -> None:
        headers = [*self._reply.headers(_TYPE), _UNBUFFERED]
        await patient(
            self._exchange.send, {"type": "http.response.start", "status": 200, "headers": headers}, self._seconds
        )
        await self._write(b":\n\n")  # proxies pass the head on with the first byte

    async def next(self, response: dict[str, Any]) -> None:
        await self._write(b"event: next\ndata: " + encode(response) + b"\n\n")

    async def complete(self) -> None:
        await self._write(b"event: complete\ndata: \n\n", more=False)

    async def _write(self, data: bytes, *, more: bool = True) -> None:
        message = {"type": "http.response.body", "body": data, "more_body": more}
        await patient(self._exchange.send, message, self._seconds)

    async def follow(self, answers: AsyncGenerator[Answer, None], keep_alive: float) -> None:
        """Until the subscription ends, the session ends, the process drains or the client goes away."""
        gone = asyncio.ensure_future(self._until_gone())
        ending = asyncio.ensure_future(self._wait_for_end(self._claims_end()))
        step: asyncio.Future[Answer] | None = None
        try:
            await self.start()
            while not gone.done():
                step = step or asyncio.ensure_future(anext(answers))
                waited: set[asyncio.Future[Any]] = {step, gone, ending}
                done, _ = await asyncio.wait(waited, timeout=keep_alive, return_when=asyncio.FIRST_COMPLETED)
                if gone in done:
                    return
                if ending in done:
                    await self._fail(ending.result())
                    return
                if step in done:
                    if not await self._pushed(step):
                        return
                    step = None
                elif not done:
                    await self._write(b":\n\n")
        except PeerLostError:
            cut(self._exchange.scope)
        finally:
            await _stopped(*(task for task in (gone, ending, step) if task is not None))

    async def _pushed(self, step: asyncio.Future[Answer]) -> bool:
        try:
            answer = step.result()
        except StopAsyncIteration:
            await self.complete()
            return False
        except Exception as failure:  # noqa: BLE001 - the client is told what it was, or an incident
            cause = cause_of(failure)
            if cause is None:
                _log.exception("gateway.subscription_failed", correlation_id=self._arrival.correlation_id)
                cause = EdgeRules.something_failed(correlation_id=self._arrival.correlation_id)
            await self._fail(cause)
            return False
        await self.next(answer.to_response())
        return True

    async def _fail(self, error: CrmError) -> None:
        await self.next({"errors": [error_of(error, self._arrival)]})
        await self.complete()

    def _claims_end(self) -> float | None:
        return self.claims.expires_at if self.claims else None

    async def _wait_for_end(self, expires_at: float | None) -> CrmError:
        seconds = None if expires_at is None else max(expires_at - time.time(), 0.0)
        try:
            async with asyncio.timeout(seconds):
                return await self._ending
        except TimeoutError:
            return CommonRules.a_valid_session_is_needed()

    async def _until_gone(self) -> None:
        while (await self._exchange.receive())["type"] != "http.disconnect":
            pass


async def _stopped(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
