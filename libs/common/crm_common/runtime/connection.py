"""A connection to RabbitMQ that is kept: opened again when it breaks, read by one thread, written by any."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import amqp
import eventlet
import kombu
import kombu.exceptions
from amqp.transport import TCPTransport
from eventlet import patcher
from kombu.transport import pyamqp

from crm_common import telemetry
from crm_common.runtime import measures

HEARTBEAT = 10
CONNECT_TIMEOUT = 3
_CHUNK = 16_384
_LONGEST_PAUSE = 1.0

BROKEN = (amqp.AMQPError, kombu.exceptions.KombuError, OSError, AttributeError)
"""What a connection that breaks may raise; py-amqp touches attributes that closing has removed."""


class _Closing(pyamqp.Connection):  # type: ignore[misc]
    """Closes its socket when it cannot be opened; py-amqp leaves it when the broker, going down, refuses by a frame."""

    def connect(self, callback: Callable[[], object] | None = None) -> object:
        try:
            return super().connect(callback)
        except BROKEN:
            self.collect()
            raise


def connect(url: str, *, name: str) -> amqp.Connection:
    """An open connection; RabbitMQ's own tools list it as ``name``."""
    settings = kombu.Connection(
        url,
        heartbeat=HEARTBEAT,
        connect_timeout=CONNECT_TIMEOUT,
        transport_options={"client_properties": {"connection_name": name}},
    )
    opening = settings.transport
    opening.Connection = _Closing
    connection: amqp.Connection = opening.establish_connection()
    transport = connection.transport
    if type(transport) is TCPTransport:
        # py-amqp asks the socket for exactly the next bytes of a frame, nine times a message; it can take more
        receive = transport.sock.recv
        transport._quick_recv = lambda count: receive(max(count, _CHUNK))
    green = patcher.is_monkey_patched("socket")
    transport._write = (_Gathering if green else _OneAtATime)(transport._write, transport.sock).write
    return connection


class _OneAtATime:
    """Keeps what several threads write from getting into one another."""

    def __init__(self, write: Callable[[bytes], object], _sock: Any) -> None:
        self._write = write
        self._lock = threading.Lock()

    def write(self, data: bytes) -> None:
        with self._lock:
            self._write(data)


class _Gathering:
    """Sends what green threads write in one turn of their hub with one system call: each costs us and the broker."""

    def __init__(self, write: Callable[[bytes], object], sock: Any) -> None:
        self._write = write
        self._sock = sock
        self._parts: list[bytes] = []
        self._sending = False

    def write(self, data: bytes) -> None:
        # a copy: py-amqp hands over a view of its buffer
        self._parts.append(bytes(data))
        if not self._sending:
            self._sending = True
            eventlet.spawn_n(self._send)

    def _send(self) -> None:
        try:
            while self._parts:
                parts, self._parts = self._parts, []
                self._write(b"".join(parts))
            self._sending = False
        except OSError:
            # nothing is sent any more, as half a frame may have gone; the reading thread finds the connection ended
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)


def open_channel(connection: amqp.Connection) -> amqp.Channel:
    """A channel whose messages keep their bodies as bytes: nobody decodes text only to parse it."""
    channel = connection.channel()
    channel.auto_decode = False
    return channel


def send(channel: amqp.Channel, frames: bytes) -> None:
    """Write whole frames without waiting and without reading, which another thread does.

    RecoverableConnectionError when the channel is closed.
    """
    connection = channel.connection
    if connection is None or connection.transport is None:
        raise amqp.RecoverableConnectionError("the channel is closed")
    connection.transport.write(frames)
    # what the heartbeats go by
    connection.bytes_sent += 1


class KeptConnection:
    """``setup`` prepares channels on each new connection, ``lost`` is told when one is gone; neither may block long."""

    def __init__(
        self,
        url: str,
        *,
        name: str,
        setup: Callable[[amqp.Connection], None],
        lost: Callable[[], None] = lambda: None,
    ) -> None:
        self._url = url
        self.name = name
        self._setup = setup
        self._lost = lost
        self._up = threading.Event()
        self._stop = threading.Event()
        self._again = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to connect; :meth:`wait` says when it stands."""
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether the connection stands, waited for at most so long."""
        return self._up.wait(max(0.0, seconds))

    def standing(self) -> bool:
        """Whether the connection stands now."""
        return self._up.is_set()

    def renew(self) -> None:
        """Drop the connection and make a new one: something on it is not as it should be."""
        self._again = True

    def stop(self, seconds: float = 5.0) -> None:
        """Close, and end the reading thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            connection, sound = None, False
            try:
                connection = connect(self._url, name=self.name)
                self._setup(connection)
                self._announce(True)
                failures = 0
                self._read(connection)
                sound = True
            except BROKEN as broken:
                failures += 1
                telemetry.logger().warning("broker.connection_lost", connection=self.name, problem=repr(broken))
            finally:
                self._announce(False)
                self._lost()
                if connection is not None:
                    close(connection, politely=sound)
            if failures:
                # all replicas lose the broker at the same moment; they should not all return at the same moment
                self._stop.wait(min(_LONGEST_PAUSE, 0.1 * 2**failures) * random.uniform(0.5, 1.0))  # noqa: S311

    def _read(self, connection: amqp.Connection) -> None:
        self._again = False
        next_tick = time.monotonic() + 1
        while not (self._stop.is_set() or self._again):
            with suppress(TimeoutError):
                connection.drain_events(timeout=1)
            if time.monotonic() >= next_tick:
                connection.heartbeat_tick()
                next_tick = time.monotonic() + 1

    def _announce(self, standing: bool) -> None:
        (self._up.set if standing else self._up.clear)()
        measures.connected.labels(self.name).set(standing)


def close(connection: amqp.Connection, *, politely: bool) -> None:
    """Close; ``politely`` says good-bye and waits a second for the answer, which a broken connection never gives."""
    try:
        if politely:
            connection.transport.sock.settimeout(1)
            connection.close()
    except BROKEN:
        pass
    finally:
        connection.collect()
