"""graphql-transport-ws: many operations over one socket, under HTTP's limits, judged by the session as it is."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack, aclosing
from dataclasses import replace
from typing import Any

from graphql import OperationType

from crm_common.errors import Code, CommonRules, CrmError
from crm_common.telemetry import logger
from gateway.asgi import Receive, Scope, Send, headers_of
from gateway.authentication import Claims, Session
from gateway.context import Arrival, arrival, bearer_token
from gateway.http.answers import Cors, encode
from gateway.http.incoming import Params, RejectedError, params_of, read_json
from gateway.http.media import wanted_language
from gateway.live.connections import UNAUTHORIZED, Connections
from gateway.live.hub import Hub
from gateway.live.outgoing import PeerLostError, cut, patient
from gateway.live.subscriber import Subscriber, cause_of
from gateway.metrics import LIVE, SUBSCRIPTIONS
from gateway.operations import Operations, Prepared, RefusedError, error_of
from gateway.ratelimit import AtOnce, CrowdedError
from gateway.rules import EdgeRules

PROTOCOL = "graphql-transport-ws"
_log = logger("gateway")

BAD_REQUEST = 4400
FORBIDDEN = 4403
NOT_ACCEPTABLE = 4406
INIT_TIMEOUT = 4408
DUPLICATE = 4409
TOO_MANY = 4429
TRY_LATER = 1013
INTERNAL = 4500
_LONGEST_ID = 128


class _ClosedError(Exception):
    """The socket is to be closed with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class Sockets:
    """Serves WebSocket connections to /graphql."""

    def __init__(self, operations: Operations, hub: Hub, connections: Connections, at_once: AtOnce, cors: Cors) -> None:
        self.operations = operations
        self.hub = hub
        self.connections = connections
        self.at_once = at_once
        self._cors = cors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        headers = headers_of(scope)
        await receive()  # websocket.connect
        if not self._cors.may_open_socket(headers):
            await send({"type": "websocket.close", "code": FORBIDDEN})
            return
        facts = arrival(scope, headers, self.operations.settings.proxies)
        try:
            self.operations.admit_address(facts)
        except RefusedError:
            await send({"type": "websocket.close", "code": TRY_LATER})
            return
        known = PROTOCOL in scope["subprotocols"]
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL if known else None})
        if not known:
            reason = f"Subprotocol not acceptable: speak {PROTOCOL}"
            await send({"type": "websocket.close", "code": NOT_ACCEPTABLE, "reason": reason})
            return
        LIVE.labels("websocket").inc()
        try:
            await _Socket(self, scope, receive, send, facts).serve()
        finally:
            LIVE.labels("websocket").dec()


class _Socket:
    """One connection; its operations run as tasks by the ids the client gave them."""

    def __init__(self, sockets: Sockets, scope: Scope, receive: Receive, send: Send, facts: Arrival) -> None:
        self._sockets = sockets
        self._operations = sockets.operations
        self._scope = scope
        self._receive = receive
        self._raw_send = send
        self._arrival = facts
        self._live = self._operations.settings.live
        self._limits = self._operations.settings.limits
        self._running: dict[str, asyncio.Task[None]] = {}
        self._acknowledged: Session | None = None
        self._number = 0
        self._places = ExitStack()
        self._loop = asyncio.get_running_loop()
        # first the client's time to introduce itself, then what is left of its session
        self._patience = self._loop.call_later(
            self._live.init_timeout, self._close, INIT_TIMEOUT, "Connection initialisation timeout"
        )
        self._closing: asyncio.Future[_ClosedError] = self._loop.create_future()

    @property
    def claims(self) -> Claims | None:
        return self._acknowledged.claims if self._acknowledged else None

    def end(self, code: int, error: CrmError) -> None:
        """Close with this code and the error's words."""
        self._close(code, error.message(self._arrival.language))

    def _close(self, code: int, reason: str) -> None:
        if not self._closing.done():
            self._closing.set_result(_ClosedError(code, reason))

    async def serve(self) -> None:
        """Until either side closes."""
        reader = self._loop.create_task(self._read())
        self._sockets.connections.add(self)
        try:
            waited: set[asyncio.Future[Any]] = {reader, self._closing}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if self._closing.done():
                await self._say_goodbye(self._closing.result())
        finally:
            self._patience.cancel()
            self._places.close()
            self._sockets.connections.remove(self)
            tasks = [reader, *self._running.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _say_goodbye(self, closed: _ClosedError) -> None:
        reason = closed.reason.encode()[:120].decode(errors="ignore")  # a close frame holds 123 bytes
        try:
            await patient(self._raw_send, {"type": "websocket.close", "code": closed.code, "reason": reason}, 1.0)
        except PeerLostError:
            cut(self._scope)

    async def _read(self) -> None:
        try:
            while True:
                message = await self._receive()
                if message["type"] == "websocket.disconnect":
                    return
                await self._take(message.get("text"))
        except _ClosedError as closed:
            self._close(closed.code, closed.reason)
        except PeerLostError:
            cut(self._scope)
        except Exception:  # noqa: BLE001 - a socket's failure is nobody else's
            _log.exception("gateway.socket_failed", correlation_id=self._arrival.correlation_id)
            self._close(INTERNAL, "Internal server error")

    async def _take(self, text: str | None) -> None:
        message = _message_in(text)
        match message["type"]:
            case "connection_init":
                await self._initialise(message.get("payload"))
            case "ping":
                self._count_message()
                await self._send({"type": "pong", **({"payload": message["payload"]} if "payload" in message else {})})
            case "pong":
                self._count_message()
            case "subscribe":
                self._subscribe(_id_in(message), message.get("payload"))
            case "complete":
                self._count_message()
                running = self._running.pop(_id_in(message), None)
                if running is not None:
                    running.cancel()
            case _:
                raise _ClosedError(BAD_REQUEST, "Unknown message type")

    def _count_message(self) -> None:
        try:
            self._operations.admit_address(self._arrival)
        except RefusedError:
            raise _ClosedError(TOO_MANY, "Too many messages") from None

    async def _initialise(self, payload: Any) -> None:
        if self._acknowledged is not None:
            raise _ClosedError(TOO_MANY, "Too many initialisation requests")
        if payload is not None and not isinstance(payload, dict):
            raise _ClosedError(BAD_REQUEST, "The payload of connection_init is not an object")
        self._arrival = _introduced(self._arrival, payload or {})
        try:
            self._operations.admit_address(self._arrival)
            session = await self._operations.authenticate(self._arrival)
            if session is None:
                raise _ClosedError(FORBIDDEN, "connection_init needs an authorization")
            self._places.enter_context(self._sockets.at_once.place(str(session.actor.id)))
        except RefusedError as refused:
            code = {401: UNAUTHORIZED, 429: TOO_MANY}.get(refused.status, TRY_LATER)
            raise _ClosedError(code, refused.errors[0]["message"]) from refused
        except CrowdedError as crowded:
            raise _ClosedError(TOO_MANY, crowded.refusal.message(self._arrival.language)) from crowded
        ended = CommonRules.a_valid_session_is_needed()
        left = max(session.claims.expires_at - time.time(), 0.0)
        self._patience.cancel()
        self._patience = self._loop.call_later(left, self.end, UNAUTHORIZED, ended)
        self._acknowledged = session
        await self._send({"type": "connection_ack"})

    def _subscribe(self, id_: str, payload: Any) -> None:
        if self._acknowledged is None:
            raise _ClosedError(UNAUTHORIZED, "Unauthorized")
        if id_ in self._running:
            raise _ClosedError(DUPLICATE, f"Subscriber for {id_} already exists")
        self._number += 1
        arrival = replace(self._arrival, correlation_id=f"{self._arrival.correlation_id}.{self._number}")
        try:
            params = params_of(payload)
        except RejectedError as rejected:
            raise _ClosedError(BAD_REQUEST, rejected.refusal.message(arrival.language)) from rejected
        task = self._loop.create_task(self._operate(id_, params, arrival, self._acknowledged.claims))
        self._running[id_] = task
        task.add_done_callback(lambda done: self._done(id_, done))

    def _done(self, id_: str, task: asyncio.Task[None]) -> None:
        if self._running.get(id_) is task:
            del self._running[id_]

    async def _operate(self, id_: str, params: Params, arrival: Arrival, claims: Claims) -> None:
        """One operation from its message to its ``complete`` or ``error``."""
        try:
            self._admit(arrival)
            session = Session(await self._operations.actors.actor(claims), claims)
            prepared = self._operations.prepare(params, arrival, session)
            if prepared.kind is OperationType.SUBSCRIPTION:
                await self._follow(id_, prepared, session)
            else:
                answer = await self._operations.run(prepared)
                await self._send({"id": id_, "type": "next", "payload": answer.to_response()})
            await self._send({"id": id_, "type": "complete"})
        except PeerLostError:
            cut(self._scope)
        except RefusedError as refused:
            await self._send_error(id_, refused.errors)
        except Exception as failure:  # noqa: BLE001 - as above, for one operation
            await self._failed(id_, failure, arrival)

    def _admit(self, arrival: Arrival) -> None:
        self._operations.admit_address(arrival)
        limit = self._limits.subscriptions
        if len(self._running) > limit:
            over = EdgeRules.a_limit_is_passed_over(what="operations of a socket", limit=limit)
            raise RefusedError.by(over, arrival)

    async def _failed(self, id_: str, failure: Exception, arrival: Arrival) -> None:
        cause = cause_of(failure)
        if cause is None:
            _log.error("gateway.operation_failed", correlation_id=arrival.correlation_id, exc_info=failure)
            cause = EdgeRules.something_failed(correlation_id=arrival.correlation_id)
        await self._send_error(id_, [error_of(cause, arrival)])
        if cause.code is Code.UNAUTHENTICATED:
            self.end(UNAUTHORIZED, cause)

    async def _follow(self, id_: str, prepared: Prepared, session: Session) -> None:
        subscriber = Subscriber(self._operations, self._sockets.hub, prepared, session)
        SUBSCRIPTIONS.inc()
        try:
            async with aclosing(await subscriber.answers()) as answers:
                async for answer in answers:
                    await self._send({"id": id_, "type": "next", "payload": answer.to_response()})
        finally:
            SUBSCRIPTIONS.dec()

    async def _send_error(self, id_: str, errors: list[Any]) -> None:
        try:
            await self._send({"id": id_, "type": "error", "payload": errors})
        except PeerLostError:
            cut(self._scope)

    async def _send(self, message: dict[str, Any]) -> None:
        text = encode(message).decode()
        await patient(self._raw_send, {"type": "websocket.send", "text": text}, self._live.send_timeout)


def _message_in(text: str | None) -> dict[str, Any]:
    if text is None:
        raise _ClosedError(BAD_REQUEST, "Only text messages are read")
    try:
        message = read_json(text)
    except RejectedError as rejected:
        raise _ClosedError(BAD_REQUEST, rejected.refusal.message()) from rejected
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise _ClosedError(BAD_REQUEST, "A message is an object with a type")
    return message


def _id_in(message: dict[str, Any]) -> str:
    id_ = message.get("id")
    if not isinstance(id_, str) or not 0 < len(id_) <= _LONGEST_ID:
        raise _ClosedError(BAD_REQUEST, "The message needs an id")
    return id_


def _introduced(facts: Arrival, payload: dict[str, Any]) -> Arrival:
    """The socket's facts with what ``connection_init`` says: a browser cannot set headers of a socket."""
    given = {name.lower(): text for name, text in payload.items() if isinstance(text, str)}
    if "authorization" in given:
        facts = replace(facts, token=bearer_token(given["authorization"].encode("latin-1", "replace")))
    if "accept-language" in given:
        facts = replace(facts, language=wanted_language(given["accept-language"]))
    return facts
