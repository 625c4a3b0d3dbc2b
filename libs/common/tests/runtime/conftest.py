"""Probe and hearer in both modes: all in this process, or each in a process of its own on a real broker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crm_common.provision import Provisioned
from crm_common.runtime.broker_client import BrokerClient
from crm_common.runtime.broker_feed import BrokerFeed
from crm_common.runtime.local import LocalRuntime
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from infra.postgres import SharedPostgres
from probe import protocol
from probe.house import SEAL, House
from probe.running import SERVICES, Loop, Place, ServiceProcesses, databases
from probe.service import HearerService, IdentityStandIn, ProbeService


@pytest.fixture(autouse=True, scope="module")
def protocols() -> Iterator[None]:
    """The protocols of probe and hearer are known while these tests run, and the stand-in is identity."""
    with protocol.known(as_identity=True):
        yield


@pytest.fixture(scope="module")
def service_databases(postgres_server: SharedPostgres) -> Iterator[dict[str, Provisioned]]:
    """A migrated database for each service on the broker."""
    with databases(postgres_server) as made:
        yield made


@contextmanager
def opened(databases: dict[str, Provisioned]) -> Iterator[dict[str, Store]]:
    """The databases, for looking at them, or for services of this process."""
    made = {name: Store(database.url, service=name, size=12) for name, database in databases.items()}
    yield made
    for store in made.values():
        store.close()


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


@pytest.fixture(scope="module")
def place(
    rabbitmq_vhost: str, service_databases: dict[str, Provisioned], tmp_path_factory: pytest.TempPathFactory
) -> Place:
    """A virtual host and databases in which the services are installed."""
    made = Place(rabbitmq_vhost, service_databases, Path(tmp_path_factory.mktemp("logs")))
    made.install(*SERVICES)
    return made


@pytest.fixture(scope="module")
def processes(place: Place) -> Iterator[ServiceProcesses]:
    made = ServiceProcesses(place)
    yield made
    made.end()


@pytest.fixture(scope="module")
def local(postgres_server: SharedPostgres, loop: Loop) -> Iterator[House]:
    """All services in this process, on databases of their own: in each, one relay leads."""
    with databases(postgres_server) as made, opened(made) as stores:
        runtime = LocalRuntime(seal=SEAL, threads=10)
        for service in (ProbeService, HearerService, IdentityStandIn):
            runtime.add(service, store=stores[service.name], settings=GivenSettings())
        runtime.start()
        yield House("local", loop, runtime.client, runtime.feed, stores)
        assert runtime.stop(20)


@pytest.fixture(scope="module")
def gateway(place: Place, loop: Loop) -> Iterator[House]:
    """A caller and listener on the broker, whatever runs there."""
    client, feed = BrokerClient(place.amqp_url, seal=SEAL), BrokerFeed(place.amqp_url)
    loop.run(client.start())
    loop.run(feed.start())
    with opened(place.databases) as stores:
        yield House("broker", loop, client, feed, stores)
    loop.run(client.close())
    loop.run(feed.close())


@pytest.fixture(scope="module")
def broker(processes: ServiceProcesses, gateway: House) -> House:
    """All services in processes of their own."""
    processes.start_all(*SERVICES)
    return gateway


@pytest.fixture(scope="module", params=["local", "broker"])
def house(request: pytest.FixtureRequest) -> House:
    """The same tests in either mode."""
    found: House = request.getfixturevalue(request.param)
    return found
