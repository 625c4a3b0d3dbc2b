"""Makes a process green before anything else is imported: eventlet's patches, and a wait for PostgreSQL that yields."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

from typing import TYPE_CHECKING

import eventlet

if TYPE_CHECKING:
    from psycopg.waiting import Ready, Wait

    from crm_common.waiting import Waited


def patch() -> None:
    """Call this first in a broker-mode process; what was imported before keeps blocking the whole process."""
    eventlet.monkey_patch()
    import psycopg.waiting

    from crm_common.waiting import way_of_process

    # psycopg's own C function waits for a socket without eventlet's knowledge
    psycopg.waiting.wait = psycopg.waiting.wait_select
    way_of_process[:] = [_give_way]


def _give_way(connection: Waited, wait: Wait) -> Ready:
    """Let other green threads run until the socket is ready: without the timer and the lists of a select."""
    from psycopg.waiting import Ready, Wait

    descriptor = connection.fileno()
    if wait == Wait.RW:
        # eventlet does not wait for both in one go, and it is rare: more was sent than the socket takes
        import select

        readable, writable, _ = select.select([descriptor], [descriptor], [])
        return Ready((Ready.R if readable else 0) | (Ready.W if writable else 0))
    eventlet.hubs.trampoline(descriptor, read=wait == Wait.R, write=wait == Wait.W)
    return Ready.R if wait == Wait.R else Ready.W
