"""The GraphQL endpoint over HTTP: POST and GET, one operation each, as JSON or as an event stream."""

from __future__ import annotations

import time

from graphql import OperationType

from crm_common.telemetry import logger
from gateway.asgi import Exchange, Receive, Scope, Send, headers_of, whole_of
from gateway.context import Arrival, arrival
from gateway.http.answers import Cors, Reply
from gateway.http.incoming import (
    ClientGoneError,
    Params,
    RejectedError,
    check_content_type,
    malformed,
    params_of,
    params_of_query_string,
    read_body,
    read_json,
)
from gateway.http.media import Media, wanted_media
from gateway.live.sse import EventStreams
from gateway.metrics import observe_operation, observe_refusal
from gateway.operations import Operations, RefusedError
from gateway.rules import EdgeRules

_log = logger("gateway")


class Endpoint:
    """Answers requests to /graphql."""

    def __init__(self, operations: Operations, streams: EventStreams, cors: Cors) -> None:
        self._operations = operations
        self._streams = streams
        self._cors = cors
        self._limits = operations.settings.limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One HTTP request."""
        headers = headers_of(scope)
        if scope["method"] == "OPTIONS":
            await self._cors.preflight(headers, send)
            return
        exchange = Exchange(scope, headers, receive, send)
        facts = arrival(scope, headers, self._operations.settings.proxies)
        accepted = wanted_media((headers.get(b"accept") or b"").decode("latin-1"))
        media = next((each for each in accepted if each is not Media.HTML), None)
        reply = Reply(send, facts, media or Media.JSON, self._cors.headers(headers), whole_of(scope))
        try:
            await self._serve(exchange, facts, media, reply)
        except RefusedError as refused:
            observe_refusal(refused.status)
            await reply.refused(refused)
        except RejectedError as rejected:
            observe_refusal(rejected.status)
            await reply.rejected(rejected)
        except ClientGoneError:
            pass
        except Exception:  # noqa: BLE001 - a mistake of ours is told as one, with the incident's number
            observe_refusal(500)
            _log.exception("gateway.failed", correlation_id=facts.correlation_id)
            failed = EdgeRules.something_failed(correlation_id=facts.correlation_id)
            await reply.rejected(RejectedError(500, failed))

    async def _serve(self, exchange: Exchange, facts: Arrival, media: Media | None, reply: Reply) -> None:
        started = time.perf_counter()
        if media is None:
            raise malformed("nothing in Accept can be answered", 406)
        self._operations.admit_address(facts)
        params = await self._params(exchange)
        session = await self._operations.authenticate(facts)
        by_get = exchange.scope["method"] == "GET"
        prepared = self._operations.prepare(params, facts, session, by_get=by_get)
        if media is Media.EVENTS:
            await self._streams.serve(prepared, exchange, reply)
            return
        if prepared.kind is OperationType.SUBSCRIPTION:
            raise RefusedError.by(EdgeRules.a_subscription_needs_a_stream(), facts)
        answer = await self._operations.run(prepared)
        observe_operation(prepared.kind, answer, time.perf_counter() - started)
        await reply.answer(answer)

    async def _params(self, exchange: Exchange) -> Params:
        scope = exchange.scope
        if scope["method"] == "GET":
            return params_of_query_string(scope["query_string"], self._limits.body)
        if scope["method"] != "POST":
            raise RejectedError(405, EdgeRules.this_needs_another_method(), {b"allow": b"GET, POST, OPTIONS"})
        check_content_type(exchange.headers)
        return params_of(read_json(await read_body(exchange.headers, exchange.receive, self._limits)))
