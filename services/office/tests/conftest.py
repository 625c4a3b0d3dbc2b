"""The service in this process on a real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crm_common.runtime.local import LocalRuntime
from infra.postgres import SharedPostgres
from office.service import OfficeService
from serving.alone import Alone, alone


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    """A migrated, empty office."""
    with alone(postgres_server, OfficeService) as served:
        assert isinstance(served.runtime, LocalRuntime)
        yield served
