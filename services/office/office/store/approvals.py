"""Approvals as rows: the state, its tasks, its history, what was submitted, who has to do with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common import codec
from crm_common.ids import Ids
from crm_common.protocol.office.approvals_states import ApprovalState, AskedWhy, TaskState
from crm_common.store import Store
from office.domain.approval import Approval, Step, Task

_KEPT = tuple(each.name for each in fields(Approval) if each.name != "tasks")
_TASK = tuple(each.name for each in fields(Task))
_LOCKED = f"SELECT {', '.join(_KEPT)} FROM approval WHERE id = %s FOR UPDATE"
_TASKS = f"SELECT {', '.join(_TASK)} FROM approval_task WHERE approval_id = %s ORDER BY position"
# another one that waits for the record is not overwritten: nothing is inserted, and whoever asks is told
_INSERT = (
    f"INSERT INTO approval ({', '.join(_KEPT)}, delegable, created_at, updated_at)"
    f" VALUES ({', '.join(f'%({name})s' for name in _KEPT)}, %(delegable)s, %(now)s, %(now)s)"
    " ON CONFLICT DO NOTHING RETURNING id"
)
_SAVED = ("state", "round", "form", "hash", "path", "place", "detours", "urged_at", "ended_at", "version")
_SAVE = (
    f"UPDATE approval SET {', '.join(f'{name} = %({name})s' for name in _SAVED)}, updated_at = %(now)s"
    " WHERE id = %(id)s"
)
_WRITTEN = ("approver_id", "why", "in_place_of", "after", "state", "decided_by", "comment", "decided_at")
_PUT_TASK = (
    f"INSERT INTO approval_task (approval_id, position, {', '.join(_TASK)})"
    f" VALUES (%(approval_id)s, %(position)s, {', '.join(f'%({name})s' for name in _TASK)})"
    f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _WRITTEN)}"
)
_STEP = """
INSERT INTO approval_step (id, approval_id, kind, at, round, node, by_id, on_behalf_of, concerns, comment)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_SNAPSHOT = """
INSERT INTO approval_snapshot (id, approval_id, revision, form, hash, at) VALUES (%s, %s, %s, %s::jsonb, %s, %s)
"""
_SUBMITTED = "SELECT form FROM approval_snapshot WHERE approval_id = %s AND revision = %s"
_PART = """
INSERT INTO approval_part (approval_id, employee_id, part) SELECT %s, unnest(%s::uuid[]), %s ON CONFLICT DO NOTHING
"""
# who has to do with it: that others of this service ask before anything is said of an approval
SEEN_BY = """
(EXISTS (SELECT FROM approval_part p WHERE p.approval_id = {t}.id AND p.employee_id = {me}) OR {to_do})
"""
TO_DO = """
({t}.state = 'PENDING' AND {t}.initiator_id <> {me} AND EXISTS (
    SELECT FROM approval_task k WHERE k.approval_id = {t}.id AND k.state = 'OPEN' AND (k.approver_id = {me}
        OR {t}.delegable AND EXISTS (SELECT FROM approval_delegation d
            WHERE d.to_id = {me} AND d.from_id = k.approver_id AND d.starts_at <= {now} AND d.ends_at > {now}
                AND (cardinality(d.kinds) = 0 OR {t}.kind = ANY (d.kinds))))))
"""
_PLACES = {"t": "a", "me": "%(me)s::uuid", "now": "%(now)s::timestamptz"}
_VISIBLE = f"SELECT EXISTS (SELECT FROM approval a WHERE a.id = %(id)s AND {SEEN_BY})".replace("{to_do}", TO_DO).format(
    **_PLACES
)
_FACTS = """
SELECT a.kind, a.initiator_id, array(SELECT DISTINCT k.approver_id FROM approval_task k
    WHERE k.approval_id = a.id AND k.state IN ('OPEN', 'QUEUED'))
FROM approval a WHERE a.id = %s
"""
_COUNTS = f"""
SELECT count(*) FILTER (WHERE a.initiator_id = %(me)s::uuid AND a.ended_at IS NULL),
    count(*) FILTER (WHERE {TO_DO}),
    count(*) FILTER (WHERE 'DECIDER' = ANY (mine.parts)), count(*) FILTER (WHERE 'COPIED' = ANY (mine.parts))
FROM (
    SELECT approval_id, array_agg(part) AS parts FROM (
        SELECT approval_id, part FROM approval_part WHERE employee_id = %(me)s::uuid
        UNION ALL SELECT k.approval_id, 'DELEGATE' FROM approval_delegation d
            JOIN approval_task k ON k.approver_id = d.from_id AND k.state = 'OPEN'
        WHERE d.to_id = %(me)s::uuid AND d.starts_at <= %(now)s AND d.ends_at > %(now)s
    ) every GROUP BY approval_id
) mine JOIN approval a ON a.id = mine.approval_id
""".format(**_PLACES)
_WAITING_FOR = """
SELECT DISTINCT approval_id FROM approval_task
WHERE approver_id = %(who)s AND state IN ('OPEN', 'QUEUED')
    AND (%(after)s::uuid IS NULL OR approval_id > %(after)s::uuid)
ORDER BY approval_id LIMIT %(most)s
"""


def locked(connection: sa.Connection, approval_id: UUID) -> Approval | None:
    """The approval, locked."""
    row = connection.exec_driver_sql(_LOCKED, (approval_id,)).mappings().one_or_none()
    if row is None:
        return None
    rows = connection.exec_driver_sql(_TASKS, (approval_id,)).mappings()
    tasks = tuple(
        Task(**dict(each) | {"why": AskedWhy(each["why"]), "state": TaskState(each["state"])}) for each in rows
    )
    return Approval(**dict(row) | {"state": ApprovalState(row["state"]), "path": tuple(row["path"]), "tasks": tasks})


def exists(connection: sa.Connection) -> bool:
    """Whether anything was ever asked for."""
    return bool(connection.exec_driver_sql("SELECT EXISTS (SELECT FROM approval)").scalar_one())


def insert(connection: sa.Connection, made: Approval, *, delegable: bool, now: datetime) -> bool:
    """Keep a new approval; False where its record waits for another one of its kind."""
    values = _values(made, now) | {"delegable": delegable}
    if connection.exec_driver_sql(_INSERT, values).one_or_none() is None:
        return False
    _put_tasks(connection, made, made.tasks)
    return True


def save(connection: sa.Connection, before: Approval, after: Approval, now: datetime) -> None:
    """Keep what changed of an approval and of its tasks."""
    connection.exec_driver_sql(_SAVE, _values(after, now))
    known = set(before.tasks)
    _put_tasks(connection, after, [each for each in after.tasks if each not in known])


def note_steps(connection: sa.Connection, of: Approval, steps: Iterable[Step], new_id: Ids, now: datetime) -> None:
    """Keep what happened, in order."""
    rows = [
        (
            new_id(), of.id, each.kind.value, now, of.round, each.node, each.by, each.on_behalf_of,
            list(each.concerns), each.comment,
        )
        for each in steps
    ]  # fmt: skip
    if rows:
        connection.exec_driver_sql(_STEP, rows)


def note_snapshot(connection: sa.Connection, of: Approval, snapshot_id: UUID, now: datetime) -> None:
    """Keep what was submitted."""
    form = codec.encode(of.form).decode()
    connection.exec_driver_sql(_SNAPSHOT, (snapshot_id, of.id, of.round, form, of.hash, now))


def submitted(connection: sa.Connection, approval_id: UUID, revision: int) -> dict[str, Any]:
    """The form of a revision, by the keys of its flow's fields: what an event of the approval is about."""
    form: dict[str, Any] = connection.exec_driver_sql(_SUBMITTED, (approval_id, revision)).scalar_one()
    return form


def note_parts(connection: sa.Connection, approval_id: UUID, people: Collection[UUID], part: str) -> None:
    """Keep who has to do with an approval."""
    if people:
        connection.exec_driver_sql(_PART, (approval_id, list(people), part))


def is_visible(connection: sa.Connection, approval_id: UUID, me: UUID, now: datetime) -> bool:
    """Whether somebody sees the approval."""
    found: bool = connection.exec_driver_sql(_VISIBLE, {"id": approval_id, "me": me, "now": now}).scalar_one()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What never changes of an approval, and who is asked at the moment of reading."""

    kind: str
    initiator_id: UUID
    asked: tuple[UUID, ...]


def about(store: Store, approval_id: UUID) -> About:
    """The facts of an approval that is there."""
    [(kind, initiator_id, asked)] = store.rows(_FACTS, (approval_id,))
    return About(kind=kind, initiator_id=initiator_id, asked=tuple(asked))


def counts(store: Store, me: UUID, now: datetime) -> tuple[int, int, int, int]:
    """How many are started and run, to do, done, copied."""
    [row] = store.rows(_COUNTS, {"me": me, "now": now})
    return (row[0], row[1], row[2], row[3])


def waiting_for(store: Store, who: UUID, after: UUID | None, most: int) -> list[UUID]:
    """Approvals that wait, now or later, for somebody; those behind ``after``."""
    return [row[0] for row in store.rows(_WAITING_FOR, {"who": who, "after": after, "most": most})]


def count_waiting_for(store: Store, who: UUID) -> int:
    """How many approvals wait, now or later, for somebody."""
    waiting = "approver_id = %s AND state IN ('OPEN', 'QUEUED')"
    [(found,)] = store.rows(f"SELECT count(DISTINCT approval_id) FROM approval_task WHERE {waiting}", (who,))
    return int(found)


def _put_tasks(connection: sa.Connection, of: Approval, tasks: Iterable[Task]) -> None:
    places = {each.id: place for place, each in enumerate(of.tasks)}
    rows = [
        {name: getattr(each, name) for name in _TASK}
        | {"approval_id": of.id, "position": places[each.id], "why": each.why.value, "state": each.state.value}
        for each in tasks
    ]
    if rows:
        connection.exec_driver_sql(_PUT_TASK, rows)


def _values(of: Approval, now: datetime) -> dict[str, Any]:
    values = {name: getattr(of, name) for name in _KEPT}
    plain = {"state": of.state.value, "form": codec.encode(of.form).decode(), "path": list(of.path), "now": now}
    return values | plain
