"""A depot per module: its fields and crates are removed between tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from depot.running import Depot, running
from infra.postgres import SharedPostgres


@pytest.fixture(scope="module")
def _depot(postgres_server: SharedPostgres) -> Iterator[Depot]:
    with running(postgres_server) as found:
        yield found


@pytest.fixture
def depot(_depot: Depot) -> Depot:
    """The depot, empty."""
    _depot.empty()
    return _depot
