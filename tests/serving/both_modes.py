"""A few services by themselves, in one process and over RabbitMQ: databases, processes, clients, for tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from crm_common import migrations, provision
from crm_common.provision import Provisioned
from crm_common.runtime.broker_client import BrokerClient
from crm_common.runtime.broker_feed import BrokerFeed
from crm_common.runtime.declaration import declared_subscriptions
from crm_common.runtime.topology import declare_all
from crm_common.store import Store
from infra.postgres import SharedPostgres
from ledger.waiting import until
from probe.house import SEAL, House
from probe.running import SECRET, Loop

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Separate:
    """A service in a process of its own: its class, what ``python -m`` runs, what its environment says beside."""

    service: type
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The service's name."""
        return str(getattr(self.service, "name"))  # noqa: B009 - a type says nothing of it


@contextmanager
def databases(server: SharedPostgres, services: Iterable[str]) -> Iterator[dict[str, Provisioned]]:
    """A migrated database for each of the services, gone afterwards."""
    with ExitStack() as closing:
        made: dict[str, Provisioned] = {}
        for service in services:
            url = server.create_database(service)
            name = url.partition("?")[0].rpartition("/")[2]
            server.drop_database(url)
            made[service] = provision.database(server.url, service, name=name)
            closing.callback(server.drop_database, made[service].url)
            migrations.run(made[service].owner_url, service)
        yield made


@contextmanager
def stores_of(made: Mapping[str, Provisioned]) -> Iterator[dict[str, Store]]:
    """A store on each of the databases."""
    stores = {service: Store(each.url, service=service) for service, each in made.items()}
    try:
        yield stores
    finally:
        for store in stores.values():
            store.close()


@contextmanager
def over_rabbit(
    amqp_url: str, services: Sequence[Separate], made: Mapping[str, Provisioned], loop: Loop, folder: Path
) -> Iterator[House]:
    """Each service in a process of its own; their logs lie in the folder."""
    with ExitStack() as closing:
        stores = closing.enter_context(stores_of(made))
        for each in services:
            declare_all(amqp_url, each.name, declared_subscriptions(each.service))
        for each in services:
            closing.enter_context(_running(each, made[each.name], amqp_url, folder))
        for each in services:
            _wait(folder / f"{each.name}.log")
        client, feed = BrokerClient(amqp_url, seal=SEAL), BrokerFeed(amqp_url)
        loop.run(client.start())
        closing.callback(lambda: loop.run(client.close()))
        loop.run(feed.start())
        closing.callback(lambda: loop.run(feed.close()))
        yield House("broker", loop, client, feed, stores)


@contextmanager
def _running(service: Separate, database: Provisioned, amqp_url: str, folder: Path) -> Iterator[None]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
        "CRM_AMQP_URL": amqp_url,
        "CRM_CLUSTER_SECRET": SECRET,
        "CRM_METRICS_PORT": "0",
        f"{service.name.upper()}_DATABASE_URL": database.url,
        **service.environment,
    }
    with (folder / f"{service.name}.log").open("wb") as log:
        command = [sys.executable, "-m", *service.command, "run"]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(40)


def _wait(log: Path) -> None:
    until(lambda: "service.started" in log.read_text(), f"{log.stem} says that it started", 60)
