"""One test run's servers, shared by its workers and ended with it; and what happens when a server cannot be had."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest

from crm_servers.addresses import Address
from crm_servers.installing import Missing
from crm_servers.places import RunFolder
from crm_servers.provision import provide

A = TypeVar("A", bound=Address)


class TestRun:
    """The folder of the run's servers; `owner` is set in the process that ends them (not in xdist's workers)."""

    __test__ = False

    def __init__(self, path: Path | None = None) -> None:
        self.owner = RunFolder() if path is None else None
        self.path = path or (self.owner.path if self.owner else Path())

    @property
    def lifeline(self) -> Path:
        return self.path / "lifeline"

    def server(self, kind: type[A]) -> tuple[A, str]:
        """Address and origin of the run's server of this kind; skips the test (or fails it) when there is none."""
        try:
            with time_stands_still():
                return provide(kind, self.path, self.lifeline)
        except Missing as reason:
            unavailable(str(reason))

    def close(self) -> None:
        if self.owner is not None:
            self.owner.close()


@contextmanager
def time_stands_still() -> Iterator[None]:
    """Suspends the test's time limit: the first use of a server may build it, and that has deadlines of its own."""
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left)


def unavailable(reason: str) -> NoReturn:
    """A skip that says what is missing; with CRM_REQUIRE_INFRA=1 a failure, so that nothing goes untested unseen."""
    if os.environ.get("CRM_REQUIRE_INFRA") == "1":
        pytest.fail(f"required server is missing: {reason}", pytrace=False)
    pytest.skip(reason)
