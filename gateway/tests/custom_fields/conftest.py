"""The depot behind two gateways, as two replicas stand before one service: what one changes, the other follows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from depot.front import Front, fronts
from depot.running import Depot, running
from infra.postgres import SharedPostgres


@pytest.fixture(scope="module")
def _depot(postgres_server: SharedPostgres) -> Iterator[Depot]:
    with running(postgres_server) as found:
        yield found


@pytest.fixture
def depot(_depot: Depot) -> Depot:
    """The service, empty."""
    _depot.empty()
    return _depot


@pytest.fixture
def both(depot: Depot) -> Iterator[tuple[Front, Front]]:
    """Two gateways over the depot."""
    with fronts(depot, 2) as ((one, _), (other, _)):
        yield one, other
