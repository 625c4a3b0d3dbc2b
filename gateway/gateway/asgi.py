"""The few ASGI shapes the gateway speaks, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = dict[bytes, bytes]
"""Header values by lower-case name; several of one name are joined by a comma."""


def headers_of(scope: Scope) -> Headers:
    """The request's headers. A repeated Authorization, Content-Type or Content-Length has no single meaning: empty."""
    headers: Headers = {}
    for name, value in scope["headers"]:
        if name in headers and name in _SINGLE:
            headers[name] = b""
        else:
            headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


_SINGLE = frozenset({b"authorization", b"content-type", b"content-length", b"origin", b"host"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and the way to answer it."""

    scope: Scope
    headers: Headers
    receive: Receive
    send: Send


WHOLE = "crm.whole_response"
"""An extension of our server: a response in one call, ``(status, headers, body)``, whose headers are known to be good.

It answers False where nothing was sent and the ordinary way is to be gone.
"""
Whole = Callable[[int, list[tuple[bytes, bytes]], bytes], bool]


def whole_of(scope: Scope) -> Whole | None:
    """The way to answer this request in one call, if the server has one."""
    extension = (scope.get("extensions") or {}).get(WHOLE)
    return extension["call"] if extension else None


async def respond(
    send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"", *, whole: Whole | None = None
) -> None:
    """A whole response at once."""
    headers.append((b"content-length", str(len(body)).encode()))
    if whole is not None and whole(status, headers, body):
        return
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
