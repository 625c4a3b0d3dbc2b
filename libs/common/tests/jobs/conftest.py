"""One database for the tests of a module, emptied before each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crm_common.clock import FixedClock
from crm_common.provision import Provisioned
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from infra.postgres import SharedPostgres
from ledger.host import LedgerHost
from ledger.scheduling import NOW
from ledger.shared import empty, shared_database


@pytest.fixture(scope="module")
def module_database(postgres_server: SharedPostgres) -> Iterator[Provisioned]:
    """The migrated database of this module."""
    with shared_database(postgres_server) as database:
        yield database


@pytest.fixture
def database(module_database: Provisioned) -> Provisioned:
    """The module's database, empty."""
    empty(module_database)
    return module_database


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def settings() -> GivenSettings:
    return GivenSettings()


@pytest.fixture
def host(store: Store, clock: FixedClock, settings: GivenSettings) -> LedgerHost:
    return LedgerHost(store, clock=clock, settings=settings)
