"""Sixteen clients that ask again as soon as they are answered: one process, one thread, as little work as possible."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import uvloop

CONNECTIONS = 16


@dataclass(slots=True)
class Outcome:
    """What a run of load saw: requests answered in ``seconds``, their times, the first answer that was no success."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    fault: str | None = None

    @property
    def requests(self) -> int:
        """How many were answered."""
        return len(self.times)

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        """Seconds within which this share of the requests was answered."""
        return sorted(self.times)[min(int(self.requests * share), self.requests - 1)]


class _Client(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], outcome: Outcome, until: float) -> None:
        self._requests = requests
        self._outcome = outcome
        self._until = until
        self._buffer = b""
        self._begun = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(self._buffer) < end + 4 + length:
            return
        self._answered(head, self._buffer[end + 4 :])
        self._buffer = b""

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self._outcome.fault = self._outcome.fault or f"the connection was closed: {error}"
            self.done.set_result(None)

    def _answered(self, head: bytes, body: bytes) -> None:
        now = time.perf_counter()
        self._outcome.times.append(now - self._begun)
        if b" 200 " not in head[:16] or b'"errors":' in body or b'"userErrors":[{' in body:
            self._outcome.fault = self._outcome.fault or body[:500].decode(errors="replace")
        if now < self._until and self._outcome.fault is None:
            self._ask()
        else:
            self.done.set_result(None)
            self._transport.close()

    def _ask(self) -> None:
        self._begun = time.perf_counter()
        self._transport.write(next(self._requests))


async def _run(port: int, requests: Iterator[bytes], seconds: float) -> Outcome:
    loop = asyncio.get_running_loop()
    outcome, begun = Outcome(), time.perf_counter()
    clients: list[_Client] = []

    def client() -> _Client:
        clients.append(_Client(requests, outcome, begun + seconds))
        return clients[-1]

    for _ in range(CONNECTIONS):
        await loop.create_connection(client, "127.0.0.1", port)
    await asyncio.wait_for(asyncio.gather(*(each.done for each in clients)), seconds + 30)
    outcome.seconds = time.perf_counter() - begun
    return outcome


def load(port: int, requests: Iterator[bytes], seconds: float) -> Outcome:
    """Ask ``port`` for ``seconds`` on all connections; ends at the first answer that is no success."""
    return uvloop.run(_run(port, requests, seconds))


def request(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """The bytes of a POST of JSON."""
    lines = [
        f"POST {path} HTTP/1.1",
        "host: 127.0.0.1",
        "content-type: application/json",
        f"content-length: {len(body)}",
    ]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
