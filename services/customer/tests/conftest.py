"""The service in this process on a real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crm_common.runtime.local import LocalRuntime
from customer.service import CustomerService
from infra.postgres import SharedPostgres
from selling import ENVIRONMENT
from serving.alone import Alone, alone


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    """A migrated, empty customer."""
    with alone(postgres_server, CustomerService, environment=ENVIRONMENT) as served:
        assert isinstance(served.runtime, LocalRuntime)
        yield served
