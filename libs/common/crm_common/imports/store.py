"""The only SQL of imports: jobs as commands change them, rows and counts as a worker writes them, leases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common import codec
from crm_common.errors import CommonRules
from crm_common.imports.engine import Outcome
from crm_common.protocol.importing import DuplicatePolicy, ImportState
from crm_common.store import Store

LEASE = "60 seconds"
_COLUMNS = (
    "id, kind, state, policy, file_name, owner_id, bulk, digest, header, mapping, total, done, done_row, created,"
    " updated, skipped, failed, taken_back, kept, errors_key, kept_key, actor, language, correlation_id, fencing"
)
_LOCK = 0x63726D02
_OPEN = "('RUNNING', 'UNDOING')"
# One at a time for the whole service: whoever imports most must not take all of its database.
_TAKE = f"""
UPDATE import_job SET holder = %(holder)s, fencing = fencing + 1, lease_until = clock_timestamp() + '{LEASE}'
WHERE id = (SELECT id FROM import_job WHERE state IN {_OPEN} ORDER BY created_at, id LIMIT 1 FOR UPDATE)
    AND NOT EXISTS (SELECT FROM import_job WHERE state IN {_OPEN} AND lease_until > clock_timestamp())
RETURNING {_COLUMNS}
"""
_UNREPORTED = f"""
SELECT {_COLUMNS} FROM import_job j WHERE NOT forgotten AND state IN ('FAILED', 'CANCELLED') AND failed + skipped > 0
    AND errors_key IS NULL AND EXISTS (SELECT FROM import_row r WHERE r.job_id = j.id AND r.outcome <> 'CREATED')
ORDER BY created_at LIMIT 1
"""
_HOLD = f"""
UPDATE import_job SET lease_until = clock_timestamp() + '{LEASE}'
WHERE id = %(id)s AND fencing = %(fencing)s AND state = %(state)s RETURNING true
"""
_LEAVE = "UPDATE import_job SET holder = NULL, lease_until = NULL WHERE id = %(id)s AND fencing = %(fencing)s"
_COUNT = """
UPDATE import_job SET done_row = %(row)s, done = done + %(done)s, created = created + %(created)s,
    updated = updated + %(updated)s, skipped = skipped + %(skipped)s, failed = failed + %(failed)s
WHERE id = %(id)s RETURNING done
"""
_NOTE = """
INSERT INTO import_row (job_id, number, outcome, record_id, reason)
SELECT %s, * FROM unnest(%s::int[], %s::text[], %s::uuid[], %s::json[])
"""
_INSERT = """
INSERT INTO import_job (id, kind, state, policy, file_name, owner_id, bulk, language, created_at)
VALUES (%(id)s, %(kind)s, 'UPLOADING', %(policy)s, %(file_name)s, %(owner_id)s, %(bulk)s, %(language)s, %(now)s)
"""
_OUTDATED = """
SELECT id, errors_key, kept_key FROM import_job
WHERE NOT forgotten AND (finished_at <= %s OR state IN ('UPLOADING', 'MAPPED') AND created_at < %s)
ORDER BY created_at LIMIT 100
"""
_FORGET = """
UPDATE import_job SET forgotten = true, errors_key = NULL, kept_key = NULL,
    state = CASE WHEN state IN ('UPLOADING', 'MAPPED') THEN 'CANCELLED' ELSE state END
WHERE id = %s
"""
_CREATED = """
SELECT number, record_id FROM import_row WHERE job_id = %s AND outcome = 'CREATED' ORDER BY number DESC LIMIT %s
"""
_UNDONE = """
UPDATE import_row SET outcome = told.outcome, reason = told.reason
FROM unnest(%s::int[], %s::text[], %s::json[]) AS told (number, outcome, reason)
WHERE job_id = %s AND import_row.number = told.number
"""


@dataclass(slots=True)
class Job:
    """A row of ``import_job``."""

    id: UUID
    kind: str
    state: ImportState
    policy: DuplicatePolicy
    file_name: str
    owner_id: UUID
    bulk: bool
    digest: str | None
    header: list[str] | None
    mapping: list[str | None] | None
    total: int | None
    done: int
    done_row: int
    created: int
    updated: int
    skipped: int
    failed: int
    taken_back: int
    kept: int
    errors_key: str | None
    kept_key: str | None
    actor: Any
    language: str
    correlation_id: str | None
    fencing: int

    @property
    def source_key(self) -> str:
        """Where the file lies."""
        return f"imports/{self.id}/source"


@dataclass(frozen=True, slots=True)
class Noted:
    """A row that is noted: of a created one its record, of others the reason (a JSON text) until there is a file."""

    number: int
    outcome: str
    record_id: UUID | None = None
    reason: str | None = None


def insert(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """A new job."""
    connection.exec_driver_sql(_INSERT, dict(values))


def locked(connection: sa.Connection, job_id: UUID, owner_id: UUID) -> Job:
    """The owner's job, locked until the commit; NOT_FOUND for anybody else's."""
    sql = f"SELECT {_COLUMNS} FROM import_job WHERE id = %s AND owner_id = %s FOR UPDATE"
    return _found(connection.exec_driver_sql(sql, (job_id, owner_id)).first())


def loaded(store: Store, job_id: UUID, owner_id: UUID) -> Job:
    """The owner's job as it is."""
    rows = store.rows(f"SELECT {_COLUMNS} FROM import_job WHERE id = %s AND owner_id = %s", (job_id, owner_id))
    return _found(rows[0] if rows else None)


def set_values(connection: sa.Connection, job_id: UUID, **values: Any) -> None:
    """Change columns of a job; lists and dicts are written as JSON."""
    plain = {name: _json(value) if isinstance(value, list | dict) else value for name, value in values.items()}
    told = ", ".join(f"{name} = %({name})s" for name in plain)
    connection.exec_driver_sql(f"UPDATE import_job SET {told} WHERE id = %(job_id)s", plain | {"job_id": job_id})


def take(store: Store, holder: str) -> Job | None:
    """The oldest job that is to be worked on, when nobody in the whole service works on any."""
    if not store.rows(f"SELECT FROM import_job WHERE state IN {_OPEN} LIMIT 1"):
        return None
    with store.transaction() as connection:
        if not connection.exec_driver_sql("SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,)).scalar():
            return None
        row = connection.exec_driver_sql(_TAKE, {"holder": holder}).first()
        return None if row is None else _found(row)


def unreported(store: Store) -> Job | None:
    """A job that was stopped, or failed, and has left rows with a reason of which no file tells yet."""
    rows = store.rows(_UNREPORTED)
    return _found(rows[0]) if rows else None


def hold(connection: sa.Connection, job: Job) -> bool:
    """Keep the lease, in the open transaction; False: the job was taken up by another, or somebody stopped it."""
    values = {"id": job.id, "fencing": job.fencing, "state": job.state.value}
    return connection.exec_driver_sql(_HOLD, values).scalar() is not None


def leave(store: Store, job: Job) -> None:
    """Let somebody else take the job up at once."""
    with store.transaction() as connection:
        connection.exec_driver_sql(_LEAVE, {"id": job.id, "fencing": job.fencing})


def note(connection: sa.Connection, job: Job, rows: Sequence[Noted], counts: Mapping[Outcome, int], row: int) -> int:
    """Keep what is to be kept of a batch and that the file was gone through up to ``row``; how many rows were done."""
    if rows:
        columns = [
            [each.number for each in rows], [each.outcome for each in rows], [each.record_id for each in rows],
            [each.reason for each in rows],
        ]  # fmt: skip
        driver: Any = connection.connection.dbapi_connection
        driver.execute(_NOTE, (job.id, *columns), prepare=True)
    values: dict[str, Any] = {outcome.value.lower(): counts.get(outcome, 0) for outcome in Outcome}
    told = values | {"id": job.id, "row": row, "done": sum(counts.values())}
    done: int = connection.exec_driver_sql(_COUNT, told).scalar_one()
    return done


def forget_reasons(connection: sa.Connection, job_id: UUID) -> None:
    """Drop what the error file tells now: reasons quote what people wrote."""
    connection.exec_driver_sql("DELETE FROM import_row WHERE job_id = %s AND outcome <> 'CREATED'", (job_id,))


def outdated(
    store: Store, files_before: datetime, sources_before: datetime
) -> list[tuple[UUID, str | None, str | None]]:
    """Up to a hundred ended or abandoned jobs whose files have had their time: id and the keys of what they left."""
    return [(UUID(str(row[0])), row[1], row[2]) for row in store.rows(_OUTDATED, (files_before, sources_before))]


def forget(connection: sa.Connection, job_id: UUID) -> None:
    """Note that a job has no files any more; it keeps its figures and can still be undone."""
    connection.exec_driver_sql(_FORGET, (job_id,))
    forget_reasons(connection, job_id)


def created(connection: sa.Connection, job: Job, most: int) -> list[tuple[int, UUID]]:
    """Rows whose records are to be taken back, last ones first."""
    found = connection.exec_driver_sql(_CREATED, (job.id, most)).all()
    return [(int(number), UUID(str(record))) for number, record in found]


def note_undone(connection: sa.Connection, job: Job, rows: Sequence[tuple[int, str, str | None]]) -> None:
    """What became of them: number, outcome, reason (JSON text)."""
    numbers, outcomes, reasons = (list(column) for column in zip(*rows, strict=True))
    driver: Any = connection.connection.dbapi_connection
    driver.execute(_UNDONE, (numbers, outcomes, reasons, job.id), prepare=True)


def _json(value: Any) -> str:
    return codec.encode(value).decode()


def _found(row: Any) -> Job:
    if row is None:
        raise CommonRules.the_record_was_not_found(field="id")
    job = Job(*row)
    job.state, job.policy = ImportState(job.state), DuplicatePolicy(job.policy)
    return job
