"""The company of `officing.company` with everything running: relays, inboxes, and what acts by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from infra.postgres import SharedPostgres
from officing.company import Office, opened


@contextmanager
def running(server: SharedPostgres) -> Iterator[Office]:
    """The company at work; its clock stands still where the test puts it."""
    with opened(server) as company:
        services = (company.house.service, company.service)
        for each in services:
            each.start()
        try:
            yield company
        finally:
            for each in services:
                assert each.stop(30) == []
