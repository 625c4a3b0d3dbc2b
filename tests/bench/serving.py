"""One contender's process: ``python -m bench.serving <kind> <port>``; ends with SIGTERM."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from typing import Any

import uvicorn


def in_process(listening: socket.socket) -> None:
    """The product as one process: gateway and services joined in memory, as `make run` does it, on a given database."""
    from crm_common import telemetry
    from crm_common.context import Seal
    from crm_common.objects.opening import open_files
    from crm_common.runtime.local import LocalRuntime
    from crm_common.settings import load
    from crm_common.settings_data import StoredSettings
    from crm_common.store import Store
    from crm_embedded.product import CONNECTIONS
    from crm_embedded.rooms import ROOMS
    from gateway.app import create_gateway
    from gateway.server import Server
    from gateway.settings import from_environment

    telemetry.configure_logging("bench", level="WARNING")
    gateway = from_environment(os.environ)
    runtime = LocalRuntime(seal=Seal(gateway.process.cluster_secret.reveal().encode()))
    # a workload's rooms only: those whose database was prepared
    for room in (each for each in ROOMS if f"{each.prefix}DATABASE_URL" in os.environ):
        settings = load(room.settings, room.prefix, os.environ)
        store = Store(settings.database_url.reveal(), service=room.package, size=CONNECTIONS)
        runtime.add(room.service, store=store, settings=StoredSettings(store), environment=settings)
    runtime.start()
    try:
        files = open_files(gateway.process)
        server = Server(create_gateway(gateway.gateway, runtime.client, runtime.feed, files=files))
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(server.serve(sockets=[listening]))
    finally:
        runtime.stop()


def plain(app: Any, listening: socket.socket) -> None:
    """Any ASGI application under the same server, with the same parser and loop."""
    server = uvicorn.Server(uvicorn.Config(app, http="httptools", log_config=None, access_log=False))
    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(server.serve(sockets=[listening]))


def main(kind: str, port: int) -> None:
    """Serve as ``kind`` on 127.0.0.1."""
    listening = socket.create_server(("127.0.0.1", port))
    if kind == "in-process":
        in_process(listening)
        return
    from bench.direct import Direct
    from bench.resolvers import Application

    url, path = os.environ["IDENTITY_DATABASE_URL"], os.environ["BENCH_PATH"]
    connections = int(os.environ["BENCH_CONNECTIONS"])
    if kind == "resolvers":
        plain(Application(url, path, connections=connections), listening)
        return
    urls = {"identity": url}
    if customer := os.environ.get("CUSTOMER_DATABASE_URL"):
        urls["customer"] = customer
    plain(Direct(urls, path, os.environ["BENCH_VIEWER"], connections=connections), listening)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
