"""What was asked how often and with what result (SCH-03): gathered in memory, written every second, kept 90 days."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import date, timedelta
from threading import Event as Flag
from typing import Any

import sqlalchemy as sa

from crm_common.clock import Clock
from crm_common.jobs import Job, JobRun
from crm_common.search.tokens import normal, phone_in, without_phones
from crm_common.store import DatabaseLostError, Store

KEPT = timedelta(days=90)
LONGEST = 100
"""Characters of a question that are kept."""
_MOST_WAITING = 10_000

_WRITE = """
INSERT INTO search_query AS old (day, text, searches, hits, without_result)
SELECT * FROM unnest(%s::date[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[]) ORDER BY 1, 2
ON CONFLICT (day, text) DO UPDATE SET searches = old.searches + EXCLUDED.searches,
    hits = old.hits + EXCLUDED.hits, without_result = old.without_result + EXCLUDED.without_result
"""
_FORGET = "DELETE FROM search_query q USING unnest(%s::text[]) AS name WHERE position(name IN q.text) > 0"
_REPORT = """
SELECT text, sum(searches)::bigint, sum(hits)::bigint, sum(without_result)::bigint FROM search_query
WHERE day > %s GROUP BY text {having} ORDER BY {order} DESC, text LIMIT %s
"""


def forget_questions(connection: sa.Connection, names: Iterable[str]) -> None:
    """Forget what was asked about these names, which were erased."""
    connection.exec_driver_sql(_FORGET, ([text for name in names if (text := normal(name).strip())],))


class Measures:
    """The questions of one process on their way into ``search_query``. What a killed process had gathered is lost."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[tuple[date, str], list[int]] = {}

    def note(self, text: str, shown: int) -> None:
        """A question was answered with so many records that its asker may see. Phone numbers are not kept."""
        if phone_in(text) is not None:
            return
        kept = " ".join(without_phones(normal(text)).split())[:LONGEST].strip()
        if not kept:
            return
        with self._lock:
            key = (self._clock.now().date(), kept)
            if key not in self._waiting and len(self._waiting) >= _MOST_WAITING:
                return
            sums = self._waiting.setdefault(key, [0, 0, 0])
            for place, more in enumerate((1, shown, int(shown == 0))):
                sums[place] += more

    def run(self, stop: Flag) -> None:
        """Write every second until ``stop`` is set, and then what is left."""
        while not stop.wait(1.0):
            self._try()
        self._try()

    def write(self) -> None:
        """Write what was gathered; it stays gathered where the database does not answer."""
        with self._lock:
            taken, self._waiting = self._waiting, {}
        if not taken:
            return
        columns = [list(column) for column in zip(*((*key, *sums) for key, sums in taken.items()), strict=True)]
        try:
            with self._store.transaction() as connection:
                connection.exec_driver_sql(_WRITE, tuple(columns))
        except DatabaseLostError:
            with self._lock:
                self._waiting = taken | self._waiting
            raise

    def _try(self) -> None:
        try:
            self.write()
        except DatabaseLostError:
            return

    def report(self, days: int, first: int) -> dict[str, list[dict[str, Any]]]:
        """``{"popular": [...], "without_result": [...]}``: rows of text, searches, hits, without_result."""
        since = self._clock.now().date() - timedelta(days=days)
        return {
            "popular": self._rows("", "sum(searches)", since, first),
            "without_result": self._rows("HAVING sum(without_result) > 0", "sum(without_result)", since, first),
        }

    def _rows(self, having: str, order: str, since: date, first: int) -> list[dict[str, Any]]:
        rows = self._store.rows(_REPORT.format(having=having, order=order), (since, first))
        return [dict(zip(("text", "searches", "hits", "without_result"), row, strict=True)) for row in rows]

    def job(self) -> Job:
        """The job ``<service>.search_measures``, every night."""
        return Job(f"{self._store.service}.search_measures", "40 3 * * *", self.forget, "Forgets old search questions.")

    def forget(self, run: JobRun) -> None:
        """Delete what is older than 90 days."""
        with run.change() as change:
            deleted = change.connection.exec_driver_sql(
                "DELETE FROM search_query WHERE day < %s", ((run.now - KEPT).date(),)
            ).rowcount
            run.report["forgotten"] = deleted
