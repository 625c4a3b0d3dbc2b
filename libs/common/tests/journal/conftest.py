"""What is logged on purpose here (failures, lost connections) is caught, not printed."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
import structlog


@pytest.fixture(autouse=True)
def lines() -> Iterator[list[MutableMapping[str, Any]]]:
    """The log lines of the test."""
    with structlog.testing.capture_logs() as lines:
        yield lines
