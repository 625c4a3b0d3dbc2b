"""What schedulers tell one another through the table of runs. Leases are measured by the database's clock."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.store import Store

KEPT = timedelta(days=60)
"""How long finished runs are listed; the latest of each job stays."""

_COLUMNS = "id, name, scheduled_for, now, asked_by, dry_run, correlation_id, fencing, attempts, checkpoint"

# A failed run that waits for its next try (nobody holds it) makes room for a newer one.
_SUPERSEDE = """
UPDATE job_run SET outcome = 'FAILED', finished_at = clock_timestamp()
WHERE name = %(name)s AND outcome IS NULL AND holder IS NULL AND attempts > 0
    AND (asked_by IS NOT NULL OR %(asked_by)s::text IS NOT NULL OR scheduled_for < %(scheduled_for)s)
"""
_OPEN = f"""
INSERT INTO job_run (id, name, scheduled_for, now, asked_by, dry_run, correlation_id, holder, lease_until)
SELECT %(id)s, %(name)s, %(scheduled_for)s, %(now)s, %(asked_by)s, %(dry_run)s, %(correlation_id)s, %(holder)s,
    clock_timestamp() + %(lease)s
WHERE %(asked_by)s::text IS NOT NULL OR NOT EXISTS (
    SELECT FROM job_run WHERE name = %(name)s AND asked_by IS NULL AND scheduled_for >= %(scheduled_for)s)
ON CONFLICT DO NOTHING
RETURNING {_COLUMNS}
"""
_SKIP = """
INSERT INTO job_run (id, name, scheduled_for, correlation_id, lease_until, finished_at, outcome)
VALUES (%(id)s, %(name)s, %(scheduled_for)s, '', clock_timestamp(), clock_timestamp(), 'SKIPPED')
ON CONFLICT DO NOTHING
"""
_RESUME = f"""
UPDATE job_run SET holder = %(holder)s, fencing = fencing + 1, lease_until = clock_timestamp() + %(lease)s
WHERE id = (
    SELECT id FROM job_run WHERE outcome IS NULL AND lease_until < clock_timestamp() AND name = ANY(%(names)s)
    ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING {_COLUMNS}
"""
# A row locked by its own run's transaction cannot be taken up by anybody else: there is nothing to renew.
_RENEW = """
UPDATE job_run SET lease_until = clock_timestamp() + %(lease)s WHERE id IN (
    SELECT id FROM job_run WHERE id = ANY(%(ids)s) AND holder = %(holder)s AND outcome IS NULL FOR UPDATE SKIP LOCKED)
"""
_HOLD = """
UPDATE job_run SET lease_until = clock_timestamp() + %(lease)s
WHERE id = %(id)s AND fencing = %(fencing)s AND outcome IS NULL RETURNING true
"""
_FINISH = """
UPDATE job_run SET outcome = %(outcome)s, error = %(error)s, report = %(report)s, holder = NULL,
    finished_at = clock_timestamp()
WHERE id = %(id)s AND fencing = %(fencing)s AND outcome IS NULL RETURNING true
"""
_LATER = """
UPDATE job_run SET holder = NULL, error = %(error)s, attempts = attempts + %(failed)s,
    lease_until = clock_timestamp() + %(delay)s
WHERE id = %(id)s AND fencing = %(fencing)s AND outcome IS NULL RETURNING true
"""
_FORGET = """
DELETE FROM job_run old USING job_run newer
WHERE old.name = %(name)s AND newer.id = %(id)s AND old.id <> newer.id AND old.outcome IS NOT NULL
    AND old.started_at < newer.started_at - %(kept)s
    AND (old.asked_by IS NOT NULL OR EXISTS (SELECT FROM job_run later WHERE later.name = old.name
        AND later.asked_by IS NULL AND later.scheduled_for > old.scheduled_for))
"""
_LATEST = """
SELECT DISTINCT ON (name) name, id, scheduled_for, asked_by, dry_run, fencing, checkpoint, report, started_at,
    finished_at, outcome, error, attempts, holder IS NOT NULL AND lease_until > clock_timestamp() AS held
FROM job_run
WHERE name = ANY(%(names)s) AND (%(id)s::uuid IS NULL OR id = %(id)s) AND outcome IS DISTINCT FROM 'SKIPPED'
ORDER BY name, started_at DESC
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A run that this process holds."""

    id: UUID
    name: str
    scheduled_for: datetime
    now: datetime | None
    """Set when the run is as of another moment."""
    asked_by: str | None
    dry_run: bool
    correlation_id: str
    fencing: int
    attempts: int
    checkpoint: Any


class Runs:
    """The table of runs of one service, as one scheduler (``holder``) uses it."""

    def __init__(self, store: Store, holder: str, lease: timedelta) -> None:
        self._store = store
        self._holder = holder
        self._lease = lease

    def begin(self, run_id: UUID, name: str, scheduled_for: datetime, **asked: Any) -> Row | None:
        """Open and take a run; None when it was run already, or when another run of the job is open."""
        given = {"now": None, "asked_by": None, "dry_run": False, "correlation_id": f"job-{run_id}"} | asked
        values = given | {"id": run_id, "name": name, "scheduled_for": scheduled_for}
        with self._store.transaction() as connection:
            connection.exec_driver_sql(_SUPERSEDE, values)
            return self._row(connection.exec_driver_sql(_OPEN, values | self._holding()))

    def skip(self, run_id: UUID, name: str, scheduled_for: datetime) -> None:
        """Note a due time as one that is not made up for."""
        self._write(_SKIP, {"id": run_id, "name": name, "scheduled_for": scheduled_for})

    def resume(self, names: Sequence[str]) -> Row | None:
        """Take up one run whose holder's lease has ended, or whose next try is due."""
        with self._store.transaction() as connection:
            return self._row(connection.exec_driver_sql(_RESUME, self._holding() | {"names": list(names)}))

    def renew(self, ids: Sequence[UUID]) -> None:
        """Keep the leases of runs that are still worked on."""
        if ids:
            self._write(_RENEW, self._holding() | {"ids": list(ids)})

    def hold(self, connection: sa.Connection, row: Row) -> bool:
        """Keep the lease, in the open transaction: until its end nobody else takes the run up. False: it was lost."""
        values = {"id": row.id, "fencing": row.fencing, "lease": self._lease}
        return connection.exec_driver_sql(_HOLD, values).scalar() is not None

    def save(self, connection: sa.Connection, row: Row, checkpoint: Any) -> None:
        """Store the checkpoint of a run that the open transaction holds."""
        values = {"id": row.id, "checkpoint": json.dumps(checkpoint)}
        connection.exec_driver_sql("UPDATE job_run SET checkpoint = %(checkpoint)s WHERE id = %(id)s", values)

    def finish(self, row: Row, outcome: str, report: Mapping[str, Any], error: str | None = None) -> bool:
        """Close the run; False when it was lost meanwhile."""
        values = {"outcome": outcome, "report": json.dumps(report), "error": error, "kept": KEPT}
        done = self._write(_FINISH, values | {"id": row.id, "fencing": row.fencing, "name": row.name})
        self._write(_FORGET, values | {"id": row.id, "name": row.name})
        return done

    def give_back(self, row: Row, delay: timedelta, error: str | None = None) -> bool:
        """Let somebody else take the run up after ``delay``; with an ``error`` it counts as a failed try."""
        values = {"delay": delay, "error": error, "failed": int(error is not None)}
        return self._write(_LATER, values | {"id": row.id, "fencing": row.fencing})

    def seen(self, names: Sequence[str]) -> dict[str, datetime]:
        """The latest due time of each job that has one behind it."""
        sql = "SELECT name, max(scheduled_for) FROM job_run WHERE name = ANY(%s) AND asked_by IS NULL GROUP BY name"
        return dict(self._store.rows(sql, (list(names),)))

    def latest(self, names: Sequence[str], run_id: UUID | None = None) -> dict[str, dict[str, Any]]:
        """The last run (or the one run) of each job, JSON-able, by the job's name."""
        fields = ("name", "id", "scheduled_for", "asked_by", "dry_run", "fencing", "checkpoint", "report", "started_at",
                  "finished_at", "outcome", "error", "attempts", "held")  # fmt: skip
        found = self._store.rows(_LATEST, {"names": list(names), "id": run_id})
        return {row[0]: dict(zip(fields, row, strict=True)) for row in found}

    def _holding(self) -> dict[str, Any]:
        return {"holder": self._holder, "lease": self._lease}

    def _write(self, sql: str, values: Mapping[str, Any]) -> bool:
        with self._store.transaction() as connection:
            result = connection.exec_driver_sql(sql, dict(values))
            return bool(result.rowcount)

    @staticmethod
    def _row(result: sa.CursorResult[Any]) -> Row | None:
        found = result.first()
        values: tuple[Any, ...] = () if found is None else tuple(found)
        return Row(*values) if values else None
