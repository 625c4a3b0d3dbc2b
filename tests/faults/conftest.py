"""Systems that may be broken: each test gets its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from infra.postgres import SharedPostgres
from infra.rabbitmq import SharedRabbit
from standing.systems import System, on_broker


@pytest.fixture
def breakable(
    postgres_server: SharedPostgres, rabbitmq: SharedRabbit, tmp_path: Path
) -> Iterator[Callable[[str], tuple[System, Path]]]:
    """Makes a system whose identity dies at a named point once the returned file exists."""
    with ExitStack() as closing:

        def make(point: str) -> tuple[System, Path]:
            trigger = tmp_path / "now"
            environment = {"CRM_CRASH_AT": point, "CRM_CRASH_WHEN": str(trigger)}
            vhost = closing.enter_context(rabbitmq.vhost("faults"))
            system = closing.enter_context(on_broker(postgres_server, vhost, tmp_path, environment, cold=True))
            return system, trigger

        yield make
