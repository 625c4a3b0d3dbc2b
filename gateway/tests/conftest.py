"""Lines of the log stay short in tests: tracebacks that show every local take seconds."""

from __future__ import annotations

import pytest
import structlog


@pytest.fixture(autouse=True, scope="session")
def plain_log() -> None:
    """Log as in production, but for people."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
        cache_logger_on_first_use=False,
    )
