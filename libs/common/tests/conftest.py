"""Databases as services have them: provisioned with their roles, migrated by their own package."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from crm_common import migrations, provision
from crm_common.provision import Provisioned
from crm_common.store import Store
from infra.postgres import SharedPostgres
from ledger.host import SERVICE, LedgerHost


class Databases:
    """Makes migrated databases of the service ``ledger``."""

    def __init__(self, server: SharedPostgres) -> None:
        self._server = server
        self._made: list[Provisioned] = []

    def make(self) -> Provisioned:
        # a database of the fixture's own name; only its roles are shared by everybody on this server
        url = self._server.create_database("ledger")
        name = url.partition("?")[0].rpartition("/")[2]
        self._server.drop_database(url)
        self._made.append(provision.database(self._server.url, SERVICE, name=name))
        migrations.run(self._made[-1].owner_url, "ledger")
        return self._made[-1]

    def drop(self) -> None:
        for database in self._made:
            self._server.drop_database(database.url)


@pytest.fixture
def service_database(postgres_server: SharedPostgres) -> Iterator[Callable[[], Provisioned]]:
    """Makes databases for this test alone, to be altered at will."""
    databases = Databases(postgres_server)
    yield databases.make
    databases.drop()


@pytest.fixture(scope="session")
def shared_database(postgres_server: SharedPostgres) -> Iterator[Provisioned]:
    """A database that the tests of this process share; `database` gives it empty."""
    databases = Databases(postgres_server)
    yield databases.make()
    databases.drop()


@pytest.fixture
def database(shared_database: Provisioned) -> Provisioned:
    """A migrated database without a row."""
    with psycopg.connect(shared_database.owner_url) as owner:
        tables = owner.execute(
            "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') AND relname NOT IN ('alembic_version', 'journal_epoch')"
        ).fetchone()
        assert tables is not None
        owner.execute(f"TRUNCATE {tables[0]} RESTART IDENTITY")
    return shared_database


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
