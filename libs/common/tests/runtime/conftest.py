"""Probe and hearer in both modes: all in this process, or each in a process of its own on a real broker."""

from __future__ import annotations

from collections.abc import Iterator
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
from probe.running import Loop, Place, ServiceProcesses, databases
from probe.service import HearerService, ProbeService


@pytest.fixture(autouse=True, scope="module")
def protocols() -> Iterator[None]:
    """The protocols of probe and hearer are known while these tests run."""
    with protocol.known():
        yield


@pytest.fixture(scope="module")
def service_databases(postgres_server: SharedPostgres) -> Iterator[dict[str, Provisioned]]:
    """A migrated database for each service."""
    with databases(postgres_server) as made:
        yield made


@pytest.fixture(scope="module")
def stores(service_databases: dict[str, Provisioned]) -> Iterator[dict[str, Store]]:
    """The services' databases, for looking at and for the local mode."""
    made = {name: Store(database.url, service=name, size=12) for name, database in service_databases.items()}
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
    made.install("probe", "hearer")
    return made


@pytest.fixture(scope="module")
def processes(place: Place) -> Iterator[ServiceProcesses]:
    made = ServiceProcesses(place)
    yield made
    made.end()


@pytest.fixture(scope="module")
def local(stores: dict[str, Store], loop: Loop) -> Iterator[House]:
    """Both services in this process."""
    runtime = LocalRuntime(seal=SEAL, threads=10)
    runtime.add(ProbeService, store=stores["probe"], settings=GivenSettings())
    runtime.add(HearerService, store=stores["hearer"], settings=GivenSettings())
    runtime.start()
    yield House("local", loop, runtime.client, runtime.feed, stores)
    assert runtime.stop(20)


@pytest.fixture(scope="module")
def gateway(place: Place, loop: Loop, stores: dict[str, Store]) -> Iterator[House]:
    """A caller and listener on the broker, whatever runs there."""
    client, feed = BrokerClient(place.amqp_url, seal=SEAL), BrokerFeed(place.amqp_url)
    loop.run(client.start())
    loop.run(feed.start())
    yield House("broker", loop, client, feed, stores)
    loop.run(client.close())
    loop.run(feed.close())


@pytest.fixture(scope="module")
def broker(processes: ServiceProcesses, gateway: House) -> House:
    """Both services in processes of their own."""
    for service in ("probe", "hearer"):
        processes.start(service)
    return gateway


@pytest.fixture(scope="module", params=["local", "broker"])
def house(request: pytest.FixtureRequest) -> House:
    """The same tests in either mode."""
    found: House = request.getfixturevalue(request.param)
    return found
