"""A gateway on a free port of this machine, in a thread of its own, with its real server."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

from crm_common.runtime.client import Client, Feed
from edge.desk import Desk
from gateway.app import Gateway, create_gateway, schema_options
from gateway.schema import GatewaySchema, build_schema
from gateway.server import Server
from gateway.settings import GatewaySettings
from ledger.waiting import until


@cache
def _built() -> GatewaySchema:
    return build_schema()


def schema_for(settings: GatewaySettings) -> GatewaySchema:
    """The product's schema under these settings; its types are built once per process, which takes a second."""
    return _built().with_options(schema_options(settings))


class Served:
    """A running gateway. ``url`` is that of /graphql; ``stop`` is what SIGTERM does."""

    def __init__(
        self, settings: GatewaySettings, client: Client, feed: Feed, schema: GatewaySchema | None = None
    ) -> None:
        self.gateway: Gateway = create_gateway(settings, client, feed, schema or schema_for(settings))
        self.server = Server(self.gateway)
        self.listening = socket.create_server((settings.host, 0))
        self.port: int = self.listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/graphql"
        self.ws = f"ws://127.0.0.1:{self.port}/graphql"
        self.loop: asyncio.AbstractEventLoop | None = None
        self.thread = threading.Thread(target=self._run, name="gateway")

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=self.server.config.get_loop_factory()) as runner:
            self.loop = runner.get_loop()
            runner.run(self.server.serve(sockets=[self.listening]))

    def start(self) -> None:
        """Return when it hears events and answers."""
        self.thread.start()
        until(lambda: self.server.started and self.gateway.hub.connected, "start of the gateway")

    def stop(self) -> None:
        """Drain and end, as a signal would."""
        self.server.should_exit = True
        self.thread.join(timeout=40)
        assert not self.thread.is_alive(), "the gateway does not end"

    def inside(self, call: Any, *arguments: Any) -> None:
        """Run something on the gateway's loop."""
        assert self.loop is not None
        self.loop.call_soon_threadsafe(call, *arguments)


@contextmanager
def served(desk: Desk, settings: GatewaySettings | None = None, **more: Any) -> Iterator[Served]:
    """A gateway over the desk; changed settings by name (``limits=Limits(depth=3)``)."""
    running = Served(replace(settings or GatewaySettings(), **more), desk, desk.feed)
    running.start()
    try:
        yield running
    finally:
        running.stop()
