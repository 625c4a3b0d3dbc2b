"""Follows the service's own journal and writes what changed into the index: one leader per service, at least once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Event as Flag
from typing import NamedTuple
from uuid import UUID

import psycopg

from crm_common import faults, telemetry
from crm_common.errors import CrmError
from crm_common.journal.leader import lead
from crm_common.journal.replay import HORIZON, Position
from crm_common.search import state
from crm_common.search.declare import Searchable
from crm_common.search.documents import ids_below, in_batches, load
from crm_common.search.port import GenerationGoneError, SearchStore
from crm_common.store import DatabaseLostError, Store

# Events above the horizon are worked on as well, for nobody shall wait for the longest transaction of the server; but
# only what lies below it is done with, as an older transaction may still come in between.
_READ = f"""
SELECT horizon.txid, found.* FROM (SELECT {HORIZON} AS txid) AS horizon
LEFT JOIN LATERAL (
    SELECT txid, position, subject FROM journal WHERE (txid, position) > (%(txid)s, %(position)s)
        AND split_part(subject, '/', 1) = ANY(%(aggregates)s)
    ORDER BY txid, position LIMIT %(limit)s
) AS found ON true
ORDER BY found.txid, found.position
"""
_LAST = 2**63 - 1
_DOCUMENTS_AT_ONCE = 500
_LONGEST_PAUSE = 15.0
_TRANSACTIONS = 10_000
"""How many transactions without any event of ours may pass before the position is noted all the same."""


class _Batch(NamedTuple):
    """Subjects that changed, where each event stands, and up to where the journal is done with by them."""

    subjects: list[str]
    seen: set[Position]
    done: Position
    full: bool


class Indexer:
    """Keeps the index of one service; of all its processes the one that holds the advisory lock writes.

    ``sweep`` (seconds) is how often it looks around when nobody tells it of events. A kill at any moment costs nothing
    but the time until another process follows from where the last one was.
    """

    def __init__(
        self,
        store: Store,
        searchables: Iterable[Searchable],
        index: SearchStore,
        *,
        batch: int = 2_000,
        sweep: float = 1.0,
    ) -> None:
        self._store = store
        self._searchables = tuple(searchables)
        self._index = index
        self._batch = batch
        self._sweep = sweep
        self._aggregates = sorted({aggregate for each in self._searchables for aggregate in each.aggregates})
        self._position: Position | None = None
        self._ahead: set[Position] = set()
        self._saved = 0
        self._log = telemetry.logger(store.service)

    def run(self, stop: Flag) -> None:
        """Lead or stand by until ``stop`` is set. Survives restarts of the database and of the search server."""
        lead(self._store, "search", lambda connection: self._lead(connection, stop), stop, wait=self._sweep)

    def _lead(self, connection: psycopg.Connection, stop: Flag) -> None:
        connection.execute("LISTEN outbox")
        self._position, self._ahead = None, set()
        pause = 0.0
        while not stop.is_set():
            try:
                more = self.step(connection)
            except (CrmError, GenerationGoneError) as failed:
                if isinstance(failed, DatabaseLostError) and connection.closed:
                    raise
                pause = min(_LONGEST_PAUSE, pause * 2 or 0.25)
                self._log.warning("search.waits", problem=f"{type(failed).__name__}: {failed}", seconds=pause)
                stop.wait(pause)
                continue
            pause = 0.0
            if not more:
                for _ in connection.notifies(timeout=self._sweep, stop_after=1):
                    pass

    def step(self, connection: psycopg.Connection) -> bool:
        """Write what one page of the journal changed; whether there is more right now.

        ``connection`` is the leader's: who has lost it writes no position.
        """
        if self._position is None:
            self._position = state.read(self._store).position
            if self._position is None:
                return False
        batch = self._read(self._position)
        if batch.subjects:
            # asked after the page was read: a generation that began before one of its events is in here
            generations = state.read(self._store).generations
            self._write(generations, batch.subjects)
            faults.point(faults.SEARCH_WRITTEN)
        if batch.done > self._position and (batch.subjects or batch.done.txid > self._saved + _TRANSACTIONS):
            connection.execute("UPDATE search_state SET position = %s", (str(batch.done),))
            self._saved = batch.done.txid
        self._position = max(self._position, batch.done)
        self._ahead = {each for each in self._ahead | batch.seen if each > self._position}
        return batch.full

    def _read(self, position: Position) -> _Batch:
        values = {"txid": position.txid, "position": position.position, "limit": self._batch}
        rows = self._store.rows(_READ, values | {"aggregates": self._aggregates})
        horizon = rows[0][0]
        found = [(Position(txid, place), subject) for _, txid, place, subject in rows if txid is not None]
        below = [place for place, _ in found if place.txid < horizon]
        full = len(found) == self._batch
        # the horizon itself may be passed only when everything below it was in this page
        done = below[-1] if full and below else position if full else max(position, Position(horizon - 1, _LAST))
        fresh = [(place, subject) for place, subject in found if place not in self._ahead]
        return _Batch([subject for _, subject in fresh], {place for place, _ in fresh}, done, full and bool(below))

    def _write(self, generations: Sequence[int], subjects: Iterable[str]) -> None:
        changed: dict[str, dict[UUID, None]] = {}
        for subject in subjects:
            aggregate, _, record = subject.partition("/")
            changed.setdefault(aggregate, {})[UUID(record)] = None
        for searchable in self._searchables:
            found = changed.get(searchable.aggregate, {})
            if searchable.parent is not None and (parents := changed.get(searchable.parent[0])):
                found = found | dict.fromkeys(ids_below(self._store, searchable, list(parents)))
            for ids in in_batches(list(found), _DOCUMENTS_AT_ONCE):
                self._index.put(generations, load(self._store, searchable, ids))
