"""The service in this process on a real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crm_common.runtime.local import LocalRuntime
from earning import ENVIRONMENT
from infra.postgres import SharedPostgres
from sales.service import SalesService
from serving.alone import Alone, alone


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    """A migrated, empty sales."""
    with alone(postgres_server, SalesService, environment=ENVIRONMENT) as served:
        assert isinstance(served.runtime, LocalRuntime)
        yield served
