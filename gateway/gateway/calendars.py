"""Schedules that programs subscribe to: plain HTTP below ``/calendar/``, as calendar programs speak no GraphQL.

The address is the whole permission, so it stands in no log, and nothing tells a wrong one from a revoked one.
"""

from __future__ import annotations

import hashlib
import re

from crm_common.codec import decode_json
from crm_common.context import system_context
from crm_common.errors import CrmError
from crm_common.runtime.client import Client
from gateway.asgi import Scope, Send, headers_of, respond
from gateway.context import Arrival, arrival
from gateway.http.answers import SECURITY
from gateway.operations import Operations, RefusedError

PREFIX = "/calendar/"
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_PLAIN = (b"content-type", b"text/plain; charset=utf-8")
_SECONDS = 10.0


class Calendars:
    """Serves the addresses that ``createCalendar`` gives out."""

    def __init__(self, client: Client, operations: Operations) -> None:
        self._client = client
        self._operations = operations

    async def __call__(self, scope: Scope, send: Send) -> None:
        """One request."""
        headers = headers_of(scope)
        facts = arrival(scope, headers, self._operations.settings.proxies)
        if scope["method"] not in ("GET", "HEAD"):
            await respond(send, 405, [_PLAIN, (b"allow", b"GET, HEAD"), *SECURITY], b"only to be read")
            return
        try:
            self._operations.admit_address(facts)
            text = await self._text(scope["path"], facts)
        except RefusedError as refused:
            await respond(send, 429, [_PLAIN, *refused.headers.items(), *SECURITY], b"too many requests")
        except CrmError:
            await respond(send, 503, [_PLAIN, (b"retry-after", b"60"), *SECURITY], b"not now")
        else:
            await _give(send, text, headers.get(b"if-none-match", b""), whole=scope["method"] == "GET")

    async def _text(self, path: str, facts: Arrival) -> bytes | None:
        secret = path.removeprefix(PREFIX).removesuffix(".ics")
        if not path.endswith(".ics") or _SECRET.fullmatch(secret) is None:
            return None
        context = system_context("gateway", correlation_id=facts.correlation_id, timeout=_SECONDS)
        answer = decode_json(await self._client.call("office", "calendar_text", {"secret": secret}, context))
        return None if answer is None else str(answer).encode()


async def _give(send: Send, text: bytes | None, known: bytes, *, whole: bool) -> None:
    if text is None:
        await respond(send, 404, [_PLAIN, *SECURITY], b"there is no such calendar")
        return
    mark = b'"' + hashlib.sha256(text).hexdigest()[:32].encode() + b'"'
    kept = [each for each in SECURITY if each[0] != b"cache-control"]
    headers = [(b"etag", mark), (b"cache-control", b"private, no-cache"), *kept]
    if known.strip() == b"*" or mark in {each.strip().removeprefix(b"W/") for each in known.split(b",")}:
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    headers += [
        (b"content-type", b"text/calendar; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        (b"content-disposition", b'inline; filename="schedule.ics"'),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text if whole else b""})
