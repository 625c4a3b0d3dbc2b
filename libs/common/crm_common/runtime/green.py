"""Makes a process green before anything else is imported: eventlet's patches, and a wait for PostgreSQL that yields."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import eventlet


def patch() -> None:
    """Call this first in a broker-mode process; what was imported before keeps blocking the whole process."""
    eventlet.monkey_patch()
    import psycopg.waiting

    # psycopg's own C function waits for a socket without eventlet's knowledge
    psycopg.waiting.wait = psycopg.waiting.wait_select
