"""Serves the gateway with uvicorn; ends it in order: nothing new, sockets closed with 1001, requests finished."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from crm_common.runtime.collecting import spare_what_stays
from gateway.app import Gateway
from gateway.asgi import WHOLE
from gateway.live.outgoing import ABORT

_KEEP_ALIVE = 75  # longer than a proxy's 60 s: else it sends into a connection that is just being closed


class HttpProtocol(HttpToolsProtocol):
    """HTTP connections that can be cut off (see live/outgoing.py) and that are closed when a head does not come."""

    head_seconds = 10.0
    _patience: asyncio.TimerHandle | None = None
    _in_head = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head and self._patience is None:
            # most heads come in one piece: no timer is set for them
            self._await_head()

    def on_message_begin(self) -> None:
        self._head_is_here()
        self._in_head = True
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: {"call": self.transport.abort}}

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_is_here()
        super().on_headers_complete()
        if self.cycle is not None:
            self.scope["extensions"][WHOLE] = {"call": partial(_respond, self.cycle)}

    def _await_head(self) -> None:
        # uvicorn waits without end for a head that comes byte by byte
        self._head_is_here()
        self._patience = self.loop.call_later(self.head_seconds, self.transport.close)

    def _head_is_here(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


def _respond(cycle: RequestResponseCycle, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> bool:
    """See `gateway.asgi.WHOLE`: what uvicorn does for head and body, without looking at each header by expressions."""
    if cycle.flow.write_paused or cycle.disconnected or cycle.response_started or cycle.scope["method"] == "HEAD":
        return False
    cycle.response_started = True
    cycle.waiting_for_100_continue = False
    parts = [STATUS_LINE[status]]
    for name, value in (*cycle.default_headers, *headers):
        parts += (name, b": ", value, b"\r\n")
    parts.append(b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n")
    parts.append(body)
    cycle.transport.write(b"".join(parts))
    cycle.response_complete = True
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True


class SocketProtocol(WebSocketsSansIOProtocol):
    """WebSocket connections that can be cut off."""

    async def run_asgi(self) -> None:
        self.scope["extensions"][ABORT] = {"call": self.transport.abort}
        await super().run_asgi()


class Server(uvicorn.Server):
    """uvicorn that lets the gateway say goodbye to its sockets before it closes connections."""

    def __init__(self, gateway: Gateway, on_started: Callable[[], None] = lambda: None) -> None:
        settings = gateway.settings
        self._gateway = gateway
        self._on_started = on_started
        super().__init__(
            uvicorn.Config(
                gateway,
                host=settings.host,
                port=settings.port,
                http=type("Http", (HttpProtocol,), {"head_seconds": settings.limits.head_seconds}),
                ws=SocketProtocol,
                lifespan="on",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                ws_max_size=settings.limits.body,
                ws_ping_interval=settings.live.ping_interval,
                ws_ping_timeout=settings.live.ping_interval,
                # a compressor costs each socket more memory than all its other state
                ws_per_message_deflate=False,
                timeout_keep_alive=_KEEP_ALIVE,
                timeout_graceful_shutdown=settings.drain_seconds,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM and SIGINT begin the drain; unlike with uvicorn's own, the process then ends with its own code."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @property
    def clean(self) -> bool:
        """Whether everything that was begun has been finished."""
        return not self.server_state.tasks

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            spare_what_stays()
            self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listening in self.servers:
            listening.close()
        await self._gateway.drain()
        await super().shutdown(sockets)
