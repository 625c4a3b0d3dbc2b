"""The service in this process on a real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from approving.company import Company, company
from crm_common.runtime.local import LocalRuntime
from founded.house import NOW
from infra.postgres import SharedPostgres
from office.service import OfficeService
from serving.alone import Alone, alone


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    """A migrated, empty office."""
    with alone(postgres_server, OfficeService) as served:
        assert isinstance(served.runtime, LocalRuntime)
        yield served


@pytest.fixture(scope="module")
def founded(postgres_server: SharedPostgres) -> Iterator[Company]:
    """Identity and office with six people."""
    with company(postgres_server) as made:
        yield made


@pytest.fixture
def firm(founded: Company) -> Iterator[Company]:
    """The same at its usual moment, with its usual settings; the next test finds it so again."""
    yield founded
    founded.settings.values.clear()
    founded.clock.moment = NOW
