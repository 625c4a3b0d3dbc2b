"""The service in this process on a real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crm_common.runtime.local import LocalRuntime
from customer.service import CustomerService
from dealing.firm import Firm, firm
from founded.house import NOW
from infra.postgres import SharedPostgres
from selling import ENVIRONMENT
from serving.alone import Alone, alone


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    """A migrated, empty customer."""
    with alone(postgres_server, CustomerService, environment=ENVIRONMENT) as served:
        assert isinstance(served.runtime, LocalRuntime)
        yield served


@pytest.fixture(scope="module")
def company(postgres_server: SharedPostgres) -> Iterator[Firm]:
    """A founded company beside identity, without customers."""
    with firm(postgres_server) as made:
        yield made


@pytest.fixture
def deal(company: Firm) -> Iterator[Firm]:
    """The company at its usual moment, with every setting as it is shipped; the next test finds it so again."""
    yield company
    company.settings.values.clear()
    company.clock.moment = NOW
