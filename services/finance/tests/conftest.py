"""The service in this process on a real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agreeing.company import Company, company
from crm_common.runtime.local import LocalRuntime
from finance.service import FinanceService
from founded.house import NOW
from infra.postgres import SharedPostgres
from owing import ENVIRONMENT
from serving.alone import Alone, alone


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    """A migrated, empty finance."""
    with alone(postgres_server, FinanceService, environment=ENVIRONMENT) as served:
        assert isinstance(served.runtime, LocalRuntime)
        yield served


@pytest.fixture(scope="module")
def signing_company(postgres_server: SharedPostgres) -> Iterator[Company]:
    """A founded company beside identity, customer and office, without contracts."""
    with company(postgres_server) as made:
        yield made


@pytest.fixture
def firm(signing_company: Company) -> Iterator[Company]:
    """The company at its usual moment, with every setting as it is shipped; the next test finds it so again."""
    yield signing_company
    signing_company.settings.values.clear()
    signing_company.clock.moment = NOW
