"""The depot with identity behind a real gateway, in this process: what a command line or a browser talks to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from crm_common import codec, migrations, provision
from crm_common.context import Seal, system_context
from crm_common.objects.opening import open_files
from crm_common.provision import Provisioned
from crm_common.runtime.local import LocalRuntime
from crm_common.settings import load
from crm_common.settings_data import StoredSettings
from crm_common.store import Store
from crm_servers.waiting import free_ports
from founded.house import ENVIRONMENT
from gateway.app import create_gateway
from gateway.server import Server
from gateway.settings import GatewaySettings
from identity.service import IdentityService
from identity.settings import IdentitySettings
from importing.house import SECRET, settings_of
from importing.protocol import known
from importing.service import DepotService
from infra.postgres import SharedPostgres
from ledger.waiting import until
from standing.person import Person
from standing.systems import ADMIN


@dataclass
class Whole:
    """A running system."""

    url: str
    runtime: LocalRuntime
    depot: Store
    identity: Store


@contextmanager
def served(server: SharedPostgres, folder: Path) -> Iterator[Whole]:
    """The system, founded; the administrator's password is `ADMIN`."""
    with ExitStack() as closing:
        closing.enter_context(known())
        runtime = LocalRuntime(seal=Seal(SECRET.encode()))
        stores = {}
        for service, package in (("identity", "identity"), ("depot", "importing")):
            database = _database(server, service, package)
            closing.callback(server.drop_database, database.url)
            stores[service] = Store(database.url, service=service)
            closing.callback(stores[service].close)
        told = settings_of(stores["depot"].url, folder)
        for cls, environment in (
            (IdentityService, load(IdentitySettings, "IDENTITY_", ENVIRONMENT)),
            (DepotService, told),
        ):
            store = stores[cls.name]
            runtime.add(cls, store=store, settings=StoredSettings(store), environment=environment)
        runtime.services["identity"].container.start()
        context = system_context("identity", correlation_id="found")
        answer = runtime.peers.call("identity", "found_company", {"name": "depot"}, context)
        password = codec.decode_json(answer)["initial_password"]
        runtime.services["identity"].container.stop()
        runtime.start()
        closing.callback(runtime.stop)
        [port] = free_ports(1)
        gateway = create_gateway(
            GatewaySettings(port=port), runtime.client, runtime.feed, files=open_files(told.process)
        )
        closing.callback(_run(Server(gateway)))
        url = f"http://127.0.0.1:{port}"
        Person(url).log_in("admin", password, ADMIN)
        yield Whole(url, runtime, stores["depot"], stores["identity"])


def _run(server: Server) -> Callable[[], None]:
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    until(lambda: server.started, "the gateway listens")

    def end() -> None:
        server.should_exit = True
        thread.join(20)

    return end


def _database(server: SharedPostgres, service: str, package: str) -> Provisioned:
    url = server.create_database(service)
    name = url.partition("?")[0].rpartition("/")[2]
    server.drop_database(url)
    made = provision.database(server.url, service, name=name)
    migrations.run(made.owner_url, package)
    return made
