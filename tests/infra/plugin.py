"""The pytest plugin: fixtures for real servers, and the mark `infra` on every test that uses one.

Tests without that mark may not open sockets (Unix sockets excepted: every event loop makes a pair of them).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crm_servers import addresses
from crm_servers.installing import Missing
from crm_servers.postgres import PostgresServer
from crm_servers.rabbitmq import RabbitServer
from infra.postgres import SharedPostgres
from infra.rabbitmq import SharedRabbit
from infra.run import TestRun, unavailable
from infra.toxiproxy import Proxy, new_proxy

RUN = pytest.StashKey[TestRun]()
SERVER_FIXTURES = {
    "postgres_server",
    "own_postgres",
    "rabbitmq",
    "own_rabbitmq",
    "elasticsearch",
    "s3",
    "other_s3",
    "toxiproxy",
}


def pytest_configure(config: pytest.Config) -> None:
    """The run's folder belongs to the process the person started; xdist's workers are told where it is."""
    told = getattr(config, "workerinput", {}).get("crm_run")
    config.stash[RUN] = TestRun(Path(told) if told else None)
    if hasattr(config.pluginmanager.hook, "pytest_configure_node"):  # pytest-xdist is there
        config.pluginmanager.register(TellWorkers(), "crm_tell_workers")


def pytest_unconfigure(config: pytest.Config) -> None:
    if RUN in config.stash:
        config.stash[RUN].close()


class TellWorkers:
    """Hook of pytest-xdist, registered only where that plugin is active."""

    @staticmethod
    def pytest_configure_node(node: object) -> None:
        run: TestRun = node.config.stash[RUN]  # type: ignore[attr-defined]
        node.workerinput["crm_run"] = str(run.path)  # type: ignore[attr-defined]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if SERVER_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.infra)
        if item.get_closest_marker("infra"):
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture(scope="session")
def test_run(request: pytest.FixtureRequest) -> TestRun:
    return request.config.stash[RUN]


@pytest.fixture(scope="session")
def postgres_server(test_run: TestRun) -> SharedPostgres:
    """The run's PostgreSQL (nothing is synced to disk). Make databases with `create_database`."""
    return SharedPostgres(*test_run.server(addresses.Postgres))


@pytest.fixture(scope="module")
def postgres_database(postgres_server: SharedPostgres) -> Iterator[str]:
    """URL of an empty database for this test module; removed afterwards."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def own_postgres(test_run: TestRun) -> Iterator[Callable[..., PostgresServer]]:
    """Starts PostgreSQL servers that belong to the test alone, for it to stop, kill and start again.

    `own_postgres()` syncs to disk as in production; `own_postgres(durable=False)` does not.
    """
    started: list[PostgresServer] = []

    def start(*, durable: bool = True) -> PostgresServer:
        folder = test_run.path / f"own-postgres-{secrets.token_hex(3)}"
        started.append(PostgresServer(folder, test_run.lifeline, durable=durable, remove=True))
        return started[-1].start()

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def rabbitmq(test_run: TestRun) -> SharedRabbit:
    """The run's RabbitMQ node. Make virtual hosts with `create_vhost`; never stop it: see `own_rabbitmq`."""
    return SharedRabbit(*test_run.server(addresses.Rabbit))


@pytest.fixture(scope="module")
def rabbitmq_vhost(rabbitmq: SharedRabbit) -> Iterator[str]:
    """AMQP URL of an empty virtual host for this test module."""
    url = rabbitmq.create_vhost()
    yield url
    rabbitmq.drop_vhost(url)


@pytest.fixture
def own_rabbitmq(test_run: TestRun) -> Iterator[RabbitServer]:
    """A running node that belongs to the test alone: `stop`, `kill`, `start`, `ctl`; data and ports survive these."""
    try:
        server = RabbitServer(test_run.path / f"own-rabbit-{secrets.token_hex(3)}", test_run.lifeline, remove=True)
    except Missing as reason:
        unavailable(str(reason))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def elasticsearch(test_run: TestRun) -> str:
    """URL of the run's Elasticsearch. Indexes are shared by the run: name them with something random."""
    return test_run.server(addresses.Elasticsearch)[0].url


@pytest.fixture(scope="session")
def s3(test_run: TestRun) -> addresses.S3:
    """URL and keys of the run's S3 server (MinIO). Buckets are shared by the run: name them with something random."""
    return test_run.server(addresses.S3)[0]


@pytest.fixture(scope="session")
def other_s3(test_run: TestRun) -> addresses.OtherS3:
    """The same of a second S3 server (Versity's gateway), for what must not rest on one maker's."""
    return test_run.server(addresses.OtherS3)[0]


@pytest.fixture
def toxiproxy(test_run: TestRun) -> Iterator[Callable[[str], Proxy]]:
    """Makes proxies for this test: `toxiproxy("127.0.0.1:5432")` listens on a port of its own and passes on."""
    api = test_run.server(addresses.Toxiproxy)[0].url
    made: list[Proxy] = []

    def before(upstream: str) -> Proxy:
        made.append(new_proxy(api, upstream))
        return made[-1]

    yield before
    for proxy in made:
        proxy.remove()
