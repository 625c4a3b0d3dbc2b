"""One leader among all processes of a service: who holds an advisory lock on a connection of his own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event as Flag

import psycopg

from crm_common import telemetry
from crm_common.store import DatabaseLostError, Store


def lead(store: Store, role: str, work: Callable[[psycopg.Connection], None], stop: Flag, *, wait: float) -> None:
    """Call ``work`` with the leader's connection whenever this process leads ``role``, until ``stop`` is set.

    ``work`` returns when ``stop`` is set. While another process leads, and while the database is away, this one asks
    again every ``wait`` seconds. What the leader writes goes through his connection: one that lost it writes nothing.
    """
    log = telemetry.logger(store.service)
    while not stop.is_set():
        try:
            with store.dedicated() as connection:
                while not stop.is_set():
                    if _takes(connection, role):
                        log.info("leader.began", role=role)
                        work(connection)
                    else:
                        stop.wait(wait)
        except (DatabaseLostError, psycopg.OperationalError) as error:
            log.warning("leader.lost_the_database", role=role, problem=type(error).__name__)
            stop.wait(wait)


def _takes(connection: psycopg.Connection, role: str) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(hashtext(%s))", (role,)).fetchone()
    return row is not None and bool(row[0])
