"""One AMQP connection with one channel on asyncio: as much of the protocol as a caller and a listener need.

The libraries cannot tell of a returned message without confirming every one, and cost twice as much per call.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from pamqp import commands, frame, header
from pamqp.base import Frame

from crm_common.runtime.frames import HEARTBEAT_FRAME, Delivery, Reader

CHANNEL = 1
HEARTBEAT_SECONDS = 10
OPENING_SECONDS = 5.0

_CAPABILITIES = {"basic.nack": True, "connection.blocked": True, "consumer_cancel_notify": True}


class LinkClosed(ConnectionError):  # noqa: N818 - said of the link
    """The connection is not, or no longer, usable."""


class Link(asyncio.Protocol):
    """An open connection; make one with :meth:`open`. ``closed`` is done when it ends, whatever the reason."""

    def __init__(self, on_message: Callable[[Delivery], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_message = on_message
        self._reader = Reader()
        self._answers: deque[asyncio.Future[Frame]] = deque()
        self._transport: asyncio.Transport | None = None
        self._heartbeat: asyncio.TimerHandle | None = None
        self._received = True
        self._silent = 0
        self.closed: asyncio.Future[None] = self._loop.create_future()
        self.frame_max = 131_072
        self.blocked = False

    @classmethod
    async def open(cls, url: str, *, name: str, on_message: Callable[[Delivery], None]) -> Link:
        """Connect, log in and open the channel. ``on_message`` is called for every delivery and every return.

        :class:`LinkClosed` or OSError when it does not work within 5 s.
        """
        parts = urlsplit(url)
        secure = parts.scheme == "amqps"
        try:
            async with asyncio.timeout(OPENING_SECONDS):
                _, link = await asyncio.get_running_loop().create_connection(
                    lambda: cls(on_message),
                    parts.hostname or "127.0.0.1",
                    parts.port or (5671 if secure else 5672),
                    ssl=ssl.create_default_context() if secure else None,
                )
                try:
                    await link._log_in(parts, name)
                except BaseException:
                    link.abort()
                    raise
        except TimeoutError as late:
            raise LinkClosed("the broker does not answer") from late
        return link

    async def ask(self, method: Frame) -> Any:
        """Send a method and wait for its answer."""
        future: asyncio.Future[Frame] = self._loop.create_future()
        self._answers.append(future)
        self.write(frame.marshal(method, CHANNEL if method.index >> 16 != 10 else 0))
        return await future

    def write(self, data: bytes) -> None:
        """Send frames. :class:`LinkClosed` when that is no longer possible, or when the broker takes nothing now."""
        if self._transport is None or self.closed.done():
            raise LinkClosed("the connection is closed")
        self._transport.write(data)

    async def close(self) -> None:
        """Say good-bye and close."""
        if not self.closed.done() and self._transport is not None:
            try:
                async with asyncio.timeout(1):
                    await self.ask(commands.Connection.Close(200, "good-bye", 0, 0))
            except (TimeoutError, LinkClosed):
                pass
        self.abort()

    def abort(self, reason: str = "aborted") -> None:
        """Close without a word."""
        if self._transport is not None:
            self._transport.abort()
        self._end(reason)

    async def _log_in(self, parts: Any, name: str) -> None:
        start = self._loop.create_future()
        self._answers.append(start)
        assert self._transport is not None
        self._transport.write(header.ProtocolHeader(0, 9, 1).marshal())
        await start
        login = f"\0{unquote(parts.username or 'guest')}\0{unquote(parts.password or 'guest')}"
        about: dict[str, Any] = {"product": "crm", "connection_name": name, "capabilities": _CAPABILITIES}
        tune = await self.ask(commands.Connection.StartOk(about, "PLAIN", login, "en_US"))
        self.frame_max = min(tune.frame_max or self.frame_max, self.frame_max)
        seconds = min(tune.heartbeat or HEARTBEAT_SECONDS, HEARTBEAT_SECONDS)
        self.write(frame.marshal(commands.Connection.TuneOk(tune.channel_max, self.frame_max, seconds), 0))
        vhost = unquote(parts.path[1:]) if len(parts.path) > 1 else "/"
        await self.ask(commands.Connection.Open(vhost))
        await self.ask(commands.Channel.Open())
        self._beat(seconds / 2)

    def _beat(self, seconds: float) -> None:
        self._silent = 0 if self._received else self._silent + 1
        self._received = False
        if self._silent > 4:
            self.abort("the broker has fallen silent")
        elif not self.closed.done():
            self.write(HEARTBEAT_FRAME)
            self._heartbeat = self._loop.call_later(seconds, self._beat, seconds)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        # uvloop's transports are of a class of their own
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        self._received = True
        try:
            found = self._reader.feed(data)
        except (ValueError, LookupError) as broken:
            self.abort(f"not AMQP: {broken}")
            return
        for _, raw, message in found:
            if message is None:
                self._on_method(frame.unmarshal(raw)[2])
            else:
                self._on_message(message)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        self._end(str(exc or "the broker closed the connection"))

    def pause_writing(self) -> None:
        """Called by asyncio: the broker does not read as fast as is written."""
        self.blocked = True

    def resume_writing(self) -> None:
        """Called by asyncio."""
        self.blocked = False

    def _on_method(self, method: Any) -> None:
        if isinstance(method, commands.Connection.Blocked):
            self.blocked = True
        elif isinstance(method, commands.Connection.Unblocked):
            self.blocked = False
        elif isinstance(method, commands.Connection.Close | commands.Channel.Close):
            self.abort(f"{method.reply_code} {method.reply_text}")
        elif isinstance(method, commands.Basic.Cancel):
            self.abort("the queue was removed")
        elif self._answers:
            answer = self._answers.popleft()
            if not answer.done():
                answer.set_result(method)

    def _end(self, reason: str) -> None:
        if self._heartbeat is not None:
            self._heartbeat.cancel()
        if not self.closed.done():
            self.closed.set_result(None)
        while self._answers:
            answer = self._answers.popleft()
            if not answer.done():
                answer.set_exception(LinkClosed(reason))
                # who gave up waiting will not ask for it
                answer.exception()
