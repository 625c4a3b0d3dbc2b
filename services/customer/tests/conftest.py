"""The service in this process on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from crm_common.runtime.local import LocalRuntime
from crm_common.settings import Secret
from customer.service import CustomerService
from infra.postgres import SharedPostgres
from serving.alone import Alone, alone

ENVIRONMENT = SimpleNamespace(key_secret=Secret("the key of the tests, of 32 bytes or more"))


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    """A migrated, empty customer."""
    with alone(postgres_server, CustomerService, environment=ENVIRONMENT) as served:
        assert isinstance(served.runtime, LocalRuntime)
        yield served
