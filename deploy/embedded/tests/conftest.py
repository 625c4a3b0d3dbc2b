"""The one-process product on data folders of these tests' own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.postgres import SharedPostgres


@pytest.fixture
def folder(postgres_server: SharedPostgres) -> Iterator[Path]:
    """An empty folder with a short path: PostgreSQL's socket lies below it."""
    assert postgres_server.url  # the run's own: asked for as that makes PostgreSQL's programs ready
    with tempfile.TemporaryDirectory(prefix="crm") as made:
        yield Path(made)
