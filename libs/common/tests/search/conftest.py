"""Both stores of documents, empty, on their real servers; and the database of the service whose records are found."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest

from crm_common.provision import Provisioned
from crm_common.search.elastic import ElasticSearch
from crm_common.search.port import SearchStore
from crm_common.search.postgres import PostgresSearch
from crm_common.store import Store
from finding import databases
from finding.protocol import known
from infra.postgres import SharedPostgres
from ledger.host import LedgerHost

BOTH = ["postgres", "elasticsearch"]


@pytest.fixture(autouse=True, scope="module")
def protocol() -> Iterator[None]:
    """The protocol is known while these tests run."""
    with known():
        yield


@pytest.fixture(scope="module")
def database_of_module(postgres_server: SharedPostgres) -> Iterator[Provisioned]:
    with databases.migrated(postgres_server) as made:
        yield made


@pytest.fixture(scope="module")
def store_of_module(database_of_module: Provisioned) -> Iterator[Store]:
    store = Store(database_of_module.url, service=databases.SERVICE, size=10)
    yield store
    store.close()


@pytest.fixture
def store(database_of_module: Provisioned, store_of_module: Store) -> Store:
    """The service's database without a row."""
    databases.empty(database_of_module)
    return store_of_module


@pytest.fixture
def host(store: Store) -> LedgerHost:
    """The service's surroundings for changes and jobs."""
    return LedgerHost(store, service=databases.SERVICE)


@pytest.fixture
def elastic(elasticsearch: str) -> Iterator[Callable[[str | None], ElasticSearch]]:
    """Makes stores on the run's Elasticsearch (or at another address), under one name that is nobody else's."""
    name = f"test-{secrets.token_hex(4)}"
    made: list[ElasticSearch] = []

    def make(other: str | None = None) -> ElasticSearch:
        made.append(ElasticSearch(other or elasticsearch, name, timeout=20))
        return made[-1]

    yield make
    make(None).keep(())
    for each in made:
        each.close()


@pytest.fixture(params=BOTH)
def index(request: pytest.FixtureRequest, store: Store) -> SearchStore:
    """The same tests for either store."""
    if request.param == "postgres":
        return PostgresSearch(store)
    made: SearchStore = request.getfixturevalue("elastic")(None)
    return made
