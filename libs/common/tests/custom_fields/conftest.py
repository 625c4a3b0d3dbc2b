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
    """The depot, empty. Its definitions have moved on, as readers know the former ones."""
    with _depot.store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM crate")
        connection.exec_driver_sql("DELETE FROM saved_list")
        connection.exec_driver_sql("DELETE FROM custom_value")
        connection.exec_driver_sql("DELETE FROM custom_field")
        connection.exec_driver_sql("UPDATE custom_revision SET revision = revision + 1, fields = '[]'")
    return _depot
