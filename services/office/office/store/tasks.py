"""Tasks as rows."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.office.tasks import TaskPriority, TaskStatus
from crm_common.statements import insertion, statement, update
from crm_common.store import Store
from crm_common.text_order import pinyin_key
from office.domain.task import OPEN, Task
from office.tables import task

_COLUMNS = [task.c[each.name] for each in fields(Task)]
_OPEN = [each.value for each in sorted(OPEN)]
_IS_OPEN = task.c.status.in_([sa.literal_column(f"'{each}'") for each in _OPEN])
_LOCK = statement(sa.select(task.c.id).where(task.c.id == sa.bindparam("id")).with_for_update())
_GET = statement(sa.select(*_COLUMNS).where(task.c.id == sa.bindparam("id")))
_PARTS = statement(
    sa.select(*_COLUMNS)
    .where(task.c.parent_id == sa.bindparam("parent_id"), _IS_OPEN)
    .order_by(task.c.id)
    .with_for_update()
)
_EARLIER = statement(
    sa.select(task.c.step)
    .where(
        task.c.process_id == sa.bindparam("process_id"),
        task.c.step < sa.bindparam("step"),
        _IS_OPEN,
    )
    .order_by(task.c.step)
)
_LATE = f"""
SELECT {", ".join(each.name for each in _COLUMNS)} FROM task
WHERE due_at < %s AND overdue_told_at IS NULL AND status = ANY(%s) ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_OF = f"""
SELECT {", ".join(each.name for each in _COLUMNS)} FROM task
WHERE assignee_id = %s AND status = ANY(%s) ORDER BY id LIMIT %s FOR UPDATE
"""
_INSERT, _SAVE = insertion(task), update(task, "created_at")


def locked(connection: sa.Connection, task_id: UUID) -> Task | None:
    """The task, locked."""
    _LOCK.run(connection, id=task_id)
    found = _GET.first(connection, id=task_id)
    return None if found is None else _task(found._asdict())


def open_parts(connection: sa.Connection, task_id: UUID) -> list[Task]:
    """The open subtasks of a task, locked."""
    return [_task(row._asdict()) for row in _PARTS.rows(connection, parent_id=task_id)]


def first_open_before(connection: sa.Connection, process_id: UUID, step: int) -> int | None:
    """The earliest step of a process before this one that is still open."""
    found = _EARLIER.first(connection, process_id=process_id, step=step)
    return None if found is None else int(found.step)


def late(connection: sa.Connection, now: datetime, most: int) -> list[Task]:
    """Open tasks whose time has passed and of which nobody was told yet, locked."""
    rows = connection.exec_driver_sql(_LATE, (now, _OPEN, most)).mappings()
    return [_task(dict(row)) for row in rows]


def insert(connection: sa.Connection, made: Task, now: datetime) -> None:
    """Keep a new task."""
    _INSERT.run(connection, **_values(made), created_at=now, updated_at=now)


def save(connection: sa.Connection, changed: Task, now: datetime) -> None:
    """Keep what changed of a task."""
    _SAVE.run(connection, **_values(changed), updated_at=now)


def open_of(connection: sa.Connection, assignee_id: UUID, most: int) -> list[Task]:
    """Open tasks that somebody has to do, locked."""
    rows = connection.exec_driver_sql(_OF, (assignee_id, _OPEN, most)).mappings()
    return [_task(dict(row)) for row in rows]


def count_open_of(store: Store, assignee_id: UUID) -> int:
    """How many open tasks somebody has to do."""
    text = "SELECT count(*) FROM task WHERE assignee_id = %s AND status = ANY(%s)"
    return int(store.rows(text, (assignee_id, _OPEN))[0][0])


def any_there(connection: sa.Connection) -> bool:
    """Whether somebody has ever had a task."""
    return bool(connection.exec_driver_sql("SELECT EXISTS (SELECT FROM task)").scalar_one())


def _values(each: Task) -> dict[str, Any]:
    return {column.name: getattr(each, column.name) for column in _COLUMNS} | {"title_key": pinyin_key(each.title)}


def _task(row: dict[str, Any]) -> Task:
    return Task(**row | {"status": TaskStatus(row["status"]), "priority": TaskPriority(row["priority"])})
