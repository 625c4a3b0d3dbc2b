"""Publishes what the outbox holds: one leader per service, in order per subject, at least once."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event as Flag
from typing import Any, Protocol
from uuid import UUID

import psycopg

from crm_common import faults, telemetry
from crm_common.clock import Clock, SystemClock
from crm_common.journal.delays import DELAYS, delay_after
from crm_common.journal.envelopes import COLUMNS, asking, recorded, source_of
from crm_common.journal.leader import lead
from crm_common.journal.upkeep import Upkeep
from crm_common.protocol.declare import Envelope
from crm_common.store import DatabaseLostError, Store

# Left out is what waits for its next try, and what stands behind it in its subject. The journal is asked row by row:
# whatever the planner believes of two tables that change all the time, it is never read from end to end.
_NEXT = f"""
SELECT o.position, o.attempts, j.* FROM (
    SELECT * FROM outbox WHERE NOT EXISTS (
        SELECT FROM outbox stuck WHERE stuck.attempts > 0 AND stuck.subject = outbox.subject
            AND stuck.position <= outbox.position AND stuck.next_try > %s
    ) ORDER BY position LIMIT %s
) AS o CROSS JOIN LATERAL (
    SELECT {COLUMNS} FROM journal WHERE txid = o.txid AND position = o.position AND occurred_at = o.occurred_at LIMIT 1
) AS j
ORDER BY o.position
"""
_BACKLOG = """
SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT 100000) AS counted),
    coalesce((SELECT extract(epoch FROM now() - stored_at) FROM outbox ORDER BY position LIMIT 1), 0)::float
"""
_FAILED = "UPDATE outbox SET attempts = attempts + 1, next_try = %s, problem = %s WHERE position = %s"

_GATHERING = 0.01
"""Seconds from a commit to the relay's being told: many commits are one batch."""
_GATHERING_IN_A_STREAM = 0.04
"""The same, where the relay was told less than a tenth of a second ago: a batch costs more than what is in it."""
_STREAM = 0.1


class EventPublisher(Protocol):
    """Where the events go; ``crm_common.runtime.client.EventPublisher`` says what is promised."""

    def publish(self, envelopes: Sequence[Envelope]) -> set[UUID]:
        """The ids that were confirmed. Of one subject they come in order and are confirmed in order."""
        ...


@dataclass(frozen=True, slots=True)
class _Row:
    position: int
    attempts: int
    event: Envelope


class Relay:
    """One per service and process; of all processes the one that holds the advisory lock publishes.

    The runtime calls `run` in a thread (or green thread) of its own.
    """

    def __init__(
        self,
        store: Store,
        publisher: EventPublisher,
        *,
        clock: Clock | None = None,
        batch: int = 500,
        sweep: float = 1.0,
    ) -> None:
        self._store = store
        self._publisher = publisher
        self._clock = clock or SystemClock()
        self._batch = batch
        self._sweep = sweep
        self._source = source_of(store.service)
        self._upkeep = Upkeep(store, self._clock)
        self._log = telemetry.logger(store.service)
        self._told_at = float("-inf")

    def run(self, stop: Flag) -> None:
        """Lead or stand by until ``stop`` is set (noticed within ``sweep`` seconds). Survives a database restart."""
        waking = threading.Thread(target=self._wake, args=(stop,), name=f"{self._store.service}-wake", daemon=True)
        waking.start()
        try:
            lead(self._store, "relay", lambda connection: self._lead(connection, stop), stop, wait=self._sweep)
        finally:
            waking.join(self._sweep + 1)

    def stuck(self, first: int = 100) -> list[dict[str, Any]]:
        """Events that were refused while others got through, oldest first, with attempts, next try and problem."""
        names = ("position", "event_id", "type", "subject", "attempts", "next_try", "problem")
        rows = self._store.rows(
            "SELECT o.position, j.event_id, j.type, o.subject, o.attempts, o.next_try, o.problem FROM outbox o"
            " JOIN journal j ON j.txid = o.txid AND j.position = o.position AND j.occurred_at = o.occurred_at"
            " WHERE o.attempts > 0 ORDER BY o.position LIMIT %s",
            (first,),
        )
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _wake(self, stop: Flag) -> None:
        """Tell the leader, wherever it is, that this process has committed events: many commits, one NOTIFY.

        It does not stand in the transactions themselves: each would hold PostgreSQL's one lock of notifications while
        it waits for the disk, and no two could commit together.
        """
        told_at = float("-inf")
        while not stop.is_set():
            if self._store.news.wait(self._sweep):
                # what is committed meanwhile is told and published with it
                in_a_stream = time.monotonic() - told_at < _STREAM
                stop.wait(_GATHERING_IN_A_STREAM if in_a_stream else _GATHERING)
                self._store.news.clear()
                told_at = time.monotonic()
                with suppress(DatabaseLostError):
                    self._store.rows("SELECT pg_notify('outbox', '')")

    def _lead(self, connection: psycopg.Connection, stop: Flag) -> None:
        connection.execute("LISTEN outbox")
        # a plan that was made while the journal was small is kept: none may read it from end to end
        connection.execute("SET enable_seqscan = off")
        while not stop.is_set():
            self._upkeep.when_due()
            found, confirmed = self._step(connection)
            if found and not confirmed:
                # nothing gets through: new events are no reason to try at once
                self._tell_backlog(connection)
                stop.wait(self._sweep)
            elif found < self._batch:
                # that was all; whatever was committed since has told so, and the connection keeps what it was told
                self._tell_backlog(connection, at_most_every=self._sweep if found else 0.0)
                for _ in connection.notifies(timeout=self._sweep, stop_after=1):
                    pass

    def _step(self, connection: psycopg.Connection) -> tuple[int, int]:
        """Publish one batch: how many events there were, how many are out."""
        found = connection.execute(_NEXT, (self._clock.now(), self._batch), prepare=True).fetchall()
        if not found:
            return 0, 0
        events = recorded((row[2:] for row in found), self._source, asking(connection))
        rows = [_Row(row[0], row[1], event) for row, event in zip(found, events, strict=True)]
        confirmed, problems = self._publish(rows)
        done = [row.position for row in rows if row.event.id in confirmed]
        faults.point(faults.RELAY_PUBLISHED)
        if done:
            connection.execute("DELETE FROM outbox WHERE position = ANY(%s)", (done,), prepare=True)
        if done or problems:
            self._set_aside(connection, rows, confirmed, problems)
        return len(rows), len(done)

    def _publish(self, rows: Sequence[_Row]) -> tuple[set[UUID], dict[UUID, str]]:
        """What was confirmed, and what each event that makes the publisher fail has to say."""
        try:
            return self._publisher.publish([row.event for row in rows]), {}
        except Exception:  # noqa: BLE001 - one event must not stop the others: find out which
            self._log.exception("relay.batch_failed", events=len(rows))
        confirmed: set[UUID] = set()
        problems: dict[UUID, str] = {}
        held: set[str] = set()
        for row in rows:
            if row.event.subject in held:
                continue
            try:
                confirmed |= self._publisher.publish([row.event])
            except Exception as error:  # noqa: BLE001 - as above
                problems[row.event.id] = f"{type(error).__name__}: {error}"
            if row.event.id not in confirmed:
                held.add(row.event.subject)
        # where every single one fails, it is not the events
        return confirmed, problems if confirmed or len(rows) == 1 else {}

    def _set_aside(
        self, connection: psycopg.Connection, rows: Sequence[_Row], confirmed: set[UUID], problems: dict[UUID, str]
    ) -> None:
        """The first event of each subject that was refused while others got through waits by itself."""
        held: set[str] = set()
        for row in rows:
            if row.event.id in confirmed or row.event.subject in held:
                continue
            held.add(row.event.subject)
            problem = problems.get(row.event.id, "not confirmed")
            next_try = self._clock.now() + (delay_after(row.attempts + 1) or DELAYS[-1])
            connection.execute(_FAILED, (next_try, problem, row.position))
            self._log.error(
                "relay.event_refused",
                event_id=str(row.event.id),
                event_type=row.event.type,
                subject=row.event.subject,
                attempts=row.attempts + 1,
                problem=problem,
            )

    def _tell_backlog(self, connection: psycopg.Connection, *, at_most_every: float = 0.0) -> None:
        now = time.monotonic()
        if now - self._told_at < at_most_every:
            return
        self._told_at = now
        row = connection.execute(_BACKLOG).fetchone()
        assert row is not None
        telemetry.set_outbox_backlog(self._store.service, row[0], row[1])
