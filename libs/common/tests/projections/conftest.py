"""An owner's database and a neighbour's, shared by the tests of a module and emptied before each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from copying.items import Copier, Owner, make_tables
from crm_common.provision import Provisioned
from crm_common.store import Store
from infra.postgres import SharedPostgres
from ledger.shared import empty, shared_database


@pytest.fixture(scope="module")
def both_databases(postgres_server: SharedPostgres) -> Iterator[tuple[Provisioned, Provisioned]]:
    """The owner's and the neighbour's."""
    with shared_database(postgres_server) as there, shared_database(postgres_server) as here:
        for database in (there, here):
            make_tables(database)
        yield there, here


@pytest.fixture(scope="module")
def both_stores(both_databases: tuple[Provisioned, Provisioned]) -> Iterator[tuple[Store, Store]]:
    """Their stores."""
    there, here = (Store(database.url, service="ledger", size=6) for database in both_databases)
    yield there, here
    there.close()
    here.close()


@pytest.fixture
def owner(both_databases: tuple[Provisioned, Provisioned], both_stores: tuple[Store, Store]) -> Owner:
    """The owner, who has nothing yet."""
    for database in both_databases:
        empty(database)
    return Owner(both_stores[0])


@pytest.fixture
def copier(owner: Owner, both_stores: tuple[Store, Store]) -> Copier:
    """The neighbour, who knows nothing yet."""
    return Copier(both_stores[1], owner)
