"""Turns answers and refusals into HTTP: media type, status, security headers, CORS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from gateway.asgi import Headers, Send, Whole, respond
from gateway.context import Arrival
from gateway.execution import Answer
from gateway.http.incoming import RejectedError
from gateway.http.media import Media
from gateway.operations import RefusedError, error_of

_encode = msgspec.json.Encoder(decimal_format="string").encode
_TYPES = {
    Media.RESPONSE: (b"content-type", b"application/graphql-response+json; charset=utf-8"),
    Media.JSON: (b"content-type", b"application/json; charset=utf-8"),
}
SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
_EXPOSED = b"x-request-id, retry-after"
_PREFLIGHT = (
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"authorization, content-type, accept, accept-language, x-request-id, traceparent",
    ),
    (b"access-control-max-age", b"7200"),
)


def encode(body: Mapping[str, Any]) -> bytes:
    """The JSON text of a GraphQL response."""
    return _encode(body)


class Cors:
    """Which pages of other origins may read answers. Tokens travel in a header, so no credentials are allowed."""

    def __init__(self, origins: Iterable[str]) -> None:
        self.origins = frozenset(origin.encode() for origin in origins)

    def headers(self, request: Headers) -> tuple[tuple[bytes, bytes], ...]:
        """What lets the requesting page read the answer, if it may."""
        origin = request.get(b"origin")
        if origin is None or origin not in self.origins:
            return ()
        return (
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", _EXPOSED),
        )

    async def preflight(self, request: Headers, send: Send) -> None:
        """Answer OPTIONS: 204 with what is allowed, 403 for an origin that is not."""
        allowed = self.headers(request)
        headers = [*SECURITY, (b"vary", b"origin"), *allowed, *(_PREFLIGHT if allowed else ())]
        await respond(send, 204 if allowed else 403, headers)

    def may_open_socket(self, request: Headers) -> bool:
        """Whether a page may open a socket: its own origin's or a listed one. Programs send no Origin."""
        origin = request.get(b"origin")
        if origin is None or origin in self.origins:
            return True
        return origin.partition(b"://")[2] == request.get(b"host")


class Reply:
    """Answers one request with the headers that every answer to it carries."""

    def __init__(
        self,
        send: Send,
        arrival: Arrival,
        media: Media,
        cors: tuple[tuple[bytes, bytes], ...],
        whole: Whole | None = None,
    ) -> None:
        self._send = send
        self._whole = whole
        self._arrival = arrival
        self._type = _TYPES.get(media, _TYPES[Media.JSON])
        # readers of plain JSON expect 200 for every well-formed request; all others read the status
        self._always_200 = media is Media.JSON
        self._cors = cors

    def headers(self, content_type: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        """Content type, correlation id, security and CORS headers."""
        correlation_id = (b"x-request-id", self._arrival.correlation_id.encode())
        return [content_type, correlation_id, *SECURITY, (b"vary", b"origin, accept"), *self._cors]

    async def answer(self, answer: Answer) -> None:
        """An operation's answer. Status 200 once there is data, be it null; 400 when it was not executed."""
        status = 200 if answer.executed or self._always_200 else 400
        body = _encode(answer.to_response())
        await respond(self._send, status, self.headers(self._type), body, whole=self._whole)

    async def refused(self, refused: RefusedError) -> None:
        """Errors without data. ``application/json`` says 200 to a well-formed request, as its readers expect."""
        status = 200 if self._always_200 and not refused.plain else refused.status
        await self._errors(status, refused.errors, refused.headers)

    async def rejected(self, rejected: RejectedError) -> None:
        """A request that is not GraphQL over HTTP: the status speaks in every media type."""
        await self._errors(rejected.status, [error_of(rejected.refusal, self._arrival)], rejected.headers)

    async def _errors(self, status: int, errors: list[Any], more: Mapping[bytes, bytes]) -> None:
        headers = self.headers(self._type)
        headers.extend(more.items())
        await respond(self._send, status, headers, _encode({"errors": errors}))
