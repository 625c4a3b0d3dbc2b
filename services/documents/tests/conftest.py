"""The service in this process on a real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crm_common.runtime.local import LocalRuntime
from documents.service import DocumentsService
from infra.postgres import SharedPostgres
from serving.alone import Alone, alone


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    """A migrated, empty documents."""
    with alone(postgres_server, DocumentsService) as served:
        assert isinstance(served.runtime, LocalRuntime)
        yield served
