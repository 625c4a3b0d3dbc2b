"""Files by signed addresses, where they lie in a folder: taken and given piece by piece, never whole in memory."""

from __future__ import annotations

import asyncio
import re
from contextlib import ExitStack
from typing import BinaryIO
from urllib.parse import quote

from crm_common.objects import FileObjects, NoSuchObjectError
from crm_common.objects.port import CHUNK
from crm_common.objects.sealed import SealedObjectError
from crm_common.objects.served import SealedObjects
from crm_common.objects.signing import PREFIX, Grant
from crm_common.vault import VaultError
from gateway.asgi import Headers, Receive, Scope, Send, headers_of, respond
from gateway.http.answers import Cors

__all__ = ["PREFIX", "Files"]

_RANGE = re.compile(rb"bytes=(\d*)-(\d*)")
_IDLE = 15.0
"""Seconds without a byte after which an upload is given up."""
_AT_ONCE = 64
_METHODS = (
    (b"access-control-allow-methods", b"GET, HEAD, PUT, POST"),
    (b"access-control-allow-headers", b"content-type, range"),
)


class _RefusedError(Exception):
    def __init__(self, status: int, why: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(status, why)
        self.status = status
        self.why = why
        self.headers = list(headers)


class Files:
    """Serves addresses that `FileObjects` or `SealedObjects` signed. The address is the whole permission."""

    def __init__(self, files: FileObjects | None, sealed: SealedObjects, cors: Cors) -> None:
        self._files = files
        self._sealed = sealed
        self._cors = cors
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request below ``/files/``."""
        headers = headers_of(scope)
        allowed = list(self._cors.headers(headers))
        if scope["method"] == "OPTIONS":
            await respond(send, 204, [*_METHODS, *allowed])
            return
        try:
            await self._answer(scope, headers, receive, send, allowed)
        except _RefusedError as refused:
            plain = (b"content-type", b"text/plain; charset=utf-8")
            await respond(send, refused.status, [plain, *refused.headers, *allowed], refused.why.encode())

    async def _answer(
        self, scope: Scope, headers: Headers, receive: Receive, send: Send, allowed: list[tuple[bytes, bytes]]
    ) -> None:
        grant, method = self._sealed.signer.read(scope["path"]), scope["method"]
        if grant is None:
            raise _RefusedError(403, "this address is not good, or no longer")
        if self._places.locked():
            raise _RefusedError(503, "too many files are under way", (b"retry-after", b"1"))
        async with self._places:
            if grant.method == "GET" and method in ("GET", "HEAD") and grant.sealed:
                await self._give_sealed(grant, headers, send, allowed, body=method == "GET")
            elif self._files is None:
                raise _RefusedError(404, "files of this kind are not here")
            elif grant.method == "PUT" and method in ("PUT", "POST"):
                await self._take(self._files, grant, headers, receive)
                await respond(send, 201, allowed)
            elif grant.method == "GET" and method in ("GET", "HEAD"):
                await self._give(self._files, grant, headers, send, allowed, body=method == "GET")
            else:
                raise _RefusedError(405, "not by this method")

    async def _take(self, files: FileObjects, grant: Grant, headers: Headers, receive: Receive) -> None:
        if headers.get(b"content-type", b"").decode("latin-1").lower() != grant.content_type.lower():
            raise _RefusedError(415, f"this address takes {grant.content_type}")
        told = headers.get(b"content-length")
        if told is not None and (not told.isdigit() or int(told) > grant.limit):
            raise _RefusedError(413, f"at most {grant.limit} bytes")
        if files.stat(grant.key) is not None:
            raise _RefusedError(409, "there is a file already")
        with ExitStack() as closing:
            writing = files.incoming(grant.key, replace=False)
            file = await asyncio.to_thread(closing.enter_context, writing)
            await self._receive(file, grant.limit, receive)
            try:
                # synced and put in place here; the stack is only for the ways out before
                await asyncio.to_thread(closing.pop_all().close)
            except FileExistsError as taken:
                raise _RefusedError(409, "there is a file already") from taken

    async def _receive(self, file: BinaryIO, limit: int, receive: Receive) -> None:
        size, waiting, more = 0, bytearray(), True
        while more:
            try:
                async with asyncio.timeout(_IDLE):
                    message = await receive()
            except TimeoutError as slow:
                raise _RefusedError(408, "no byte came for too long", (b"connection", b"close")) from slow
            if message["type"] == "http.disconnect":
                raise _RefusedError(400, "the upload was broken off")
            more = message.get("more_body", False)
            waiting += message.get("body", b"")
            size += len(message.get("body", b""))
            if size > limit:
                raise _RefusedError(413, f"at most {limit} bytes", (b"connection", b"close"))
            if len(waiting) >= CHUNK or not more:
                await asyncio.to_thread(file.write, bytes(waiting))
                waiting.clear()

    async def _give_sealed(
        self, grant: Grant, headers: Headers, send: Send, allowed: list[tuple[bytes, bytes]], *, body: bool
    ) -> None:
        start, end = _part(headers.get(b"range"), grant.size)
        pieces = self._sealed.read(grant, start, end)
        try:
            # what cannot be opened is refused before anything is promised
            piece = await asyncio.to_thread(next, pieces, b"")
        except (NoSuchObjectError, SealedObjectError, VaultError) as missing:
            raise _RefusedError(404, "the file is gone") from missing
        await _begin(send, grant, (start, end), grant.size, allowed)
        while piece and body:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await asyncio.to_thread(next, pieces, b"")
        await send({"type": "http.response.body", "body": b""})

    async def _give(
        self,
        files: FileObjects,
        grant: Grant,
        headers: Headers,
        send: Send,
        allowed: list[tuple[bytes, bytes]],
        *,
        body: bool,
    ) -> None:
        try:
            file = await asyncio.to_thread(files.opened, grant.key)
        except NoSuchObjectError as missing:
            raise _RefusedError(404, "the file is gone") from missing
        with file:
            size = await asyncio.to_thread(file.seek, 0, 2)
            start, end = _part(headers.get(b"range"), size)
            await _begin(send, grant, (start, end), size, allowed)
            await self._send(file, start, end if body else start, send)

    async def _send(self, file: BinaryIO, start: int, end: int, send: Send) -> None:
        await asyncio.to_thread(file.seek, start)
        left = end - start
        while left:
            piece = await asyncio.to_thread(file.read, min(CHUNK, left))
            if not piece:
                break
            left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _begin(
    send: Send, grant: Grant, part: tuple[int, int], size: int, allowed: list[tuple[bytes, bytes]]
) -> None:
    """The head of an answer that gives this part of a file: a thing to be kept, never to be shown or guessed at."""
    start, end = part
    answer = [
        (b"content-type", grant.content_type.encode()),
        (b"content-length", str(end - start).encode()),
        (b"content-disposition", f"attachment; filename*=UTF-8''{quote(grant.name, safe='')}".encode()),
        (b"accept-ranges", b"bytes"),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"private, no-store"),
        *allowed,
    ]
    if (start, end) != (0, size):
        answer.append((b"content-range", f"bytes {start}-{end - 1}/{size}".encode()))
    status = 200 if (start, end) == (0, size) else 206
    await send({"type": "http.response.start", "status": status, "headers": answer})


def _part(wanted: bytes | None, size: int) -> tuple[int, int]:
    """The bytes that are asked for; all of them where several ranges are, or none that is one."""
    found = _RANGE.fullmatch(wanted) if wanted else None
    if found is None or not (found[1] or found[2]):
        return 0, size
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
    if start >= end:
        raise _RefusedError(416, "there is no such part", (b"content-range", f"bytes */{size}".encode()))
    return start, end
