"""Fixtures: a running system in each mode, kept for a test module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.postgres import SharedPostgres
from infra.rabbitmq import SharedRabbit
from standing.systems import System, embedded, on_broker


@pytest.fixture(scope="module")
def embedded_system(postgres_server: SharedPostgres) -> Iterator[System]:
    """The one-process product. It has a PostgreSQL of its own; the run's is asked for as that fetches the programs."""
    assert postgres_server.url
    with embedded() as system:
        yield system


@pytest.fixture(scope="module")
def broker_system(
    postgres_server: SharedPostgres, rabbitmq: SharedRabbit, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """The separate processes."""
    with (
        rabbitmq.vhost("standing") as vhost,
        on_broker(postgres_server, vhost, tmp_path_factory.mktemp("standing")) as system,
    ):
        yield system


@pytest.fixture(scope="module", params=["embedded", "broker"])
def system(request: pytest.FixtureRequest) -> System:
    """Each of the two in turn."""
    found: System = request.getfixturevalue(f"{request.param}_system")
    return found
