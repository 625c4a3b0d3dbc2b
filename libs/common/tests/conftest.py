"""Databases as services have them: provisioned with their roles, migrated by their own package."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from crm_common import migrations, provision
from crm_common.provision import Provisioned
from crm_common.store import Store
from infra.postgres import SharedPostgres
from ledger.host import SERVICE, LedgerHost


@pytest.fixture
def service_database(postgres_server: SharedPostgres) -> Iterator[Callable[[], Provisioned]]:
    """Makes migrated databases of the service ``ledger``; they are removed after the test."""
    made: list[Provisioned] = []

    def make() -> Provisioned:
        # a database of the fixture's own name; only its roles are shared by everybody on this server
        url = postgres_server.create_database("ledger")
        name = url.partition("?")[0].rpartition("/")[2]
        postgres_server.drop_database(url)
        made.append(provision.database(postgres_server.url, SERVICE, name=name))
        migrations.run(made[-1].owner_url, "ledger")
        return made[-1]

    yield make
    for database in made:
        postgres_server.drop_database(database.url)


@pytest.fixture
def database(service_database: Callable[[], Provisioned]) -> Provisioned:
    """One migrated database."""
    return service_database()


@pytest.fixture
def store(database: Provisioned) -> Iterator[Store]:
    """The store of the runtime role on `database`."""
    store = Store(database.url, service=SERVICE, size=25)
    yield store
    store.close()


@pytest.fixture
def host(store: Store) -> LedgerHost:
    """The ledger on `store`."""
    return LedgerHost(store)
