"""The service in this process on a real database, with a folder for its files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from filing.cabinet import Cabinet, cabinet
from infra.postgres import SharedPostgres


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cabinet]:
    """A migrated, empty documents."""
    with cabinet(postgres_server, tmp_path_factory.mktemp("files")) as served:
        yield served
