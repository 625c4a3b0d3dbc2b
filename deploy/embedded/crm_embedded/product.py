"""The whole product in this process: database, services, gateway; put together, served, taken apart in order."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from crm_common.context import Seal
from crm_common.objects import FileObjects
from crm_common.objects.opening import open_files
from crm_common.runtime.local import LocalRuntime
from crm_common.settings_data import StoredSettings
from crm_common.store import Store
from crm_embedded import postgres
from crm_embedded.databases import Databases, settings_of
from crm_embedded.folder import DataFolder
from crm_embedded.rooms import ROOMS
from gateway.app import create_gateway
from gateway.server import Server
from gateway.settings import GatewaySettings

# Of 24 threads that answer calls and the loops beside them, no more than this many need the database at once.
CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Product:
    """The services of a running product, ready to be called or served."""

    runtime: LocalRuntime
    files: FileObjects | None = None

    def serve(self, settings: GatewaySettings, listening: socket.socket, ready: Callable[[], None]) -> bool:
        """Answer GraphQL on the socket until a signal; whether everything that was begun was finished.

        ``ready`` is called once requests are answered.
        """
        gateway = create_gateway(settings, self.runtime.client, self.runtime.feed, files=self.files)
        server = Server(gateway, on_started=ready)
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(server.serve(sockets=[listening]))
        return server.clean


@contextmanager
def opened(folder: DataFolder, environ: Mapping[str, str]) -> Iterator[Product]:
    """The product on this data folder; at the end of the block everything is stopped, the database last."""
    with ExitStack() as closing:
        server = postgres.start(folder)
        closing.callback(server.stop)
        databases = Databases(server, folder)
        databases.upgrade()
        runtime = LocalRuntime(seal=Seal(folder.secret("cluster")))
        files: FileObjects | None = None
        for room in ROOMS:
            store = Store(databases.url(room), service=room.package, size=CONNECTIONS)
            closing.callback(store.close)
            environment = settings_of(room, databases.url(room), folder, environ)
            files = open_files(environment.process)
            runtime.add(room.service, store=store, settings=StoredSettings(store), environment=environment)
        runtime.start()
        closing.callback(runtime.stop)
        yield Product(runtime, files)
