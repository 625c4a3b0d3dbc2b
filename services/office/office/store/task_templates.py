"""Templates of work and what was started from them, as rows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.ids import Ids
from crm_common.protocol.office.task_templates import TaskTemplateStep
from crm_common.statements import insertion, statement, update
from crm_common.text_order import pinyin_key
from office.domain.task_template import TaskProcess, TaskTemplate
from office.tables import task_process, task_template, task_template_step

_ID: sa.BindParameter[Any] = sa.bindparam("id")
_KEPT = ("id", "name", "description", "active", "version")
_GET = statement(
    sa.select(*(task_template.c[each] for each in _KEPT)).where(task_template.c.id == _ID).with_for_update()
)
_STEPS = statement(
    sa.select(*(task_template_step.c[each] for each in ("title", "body", "assignee_id", "due_days")))
    .where(task_template_step.c.template_id == _ID)
    .order_by(task_template_step.c.place)
)
_NO_STEPS = statement(sa.delete(task_template_step).where(task_template_step.c.template_id == _ID))
_INSERT, _SAVE = insertion(task_template), update(task_template, "created_at")
_INSERT_STEP, _INSERT_PROCESS = insertion(task_template_step), insertion(task_process)


def locked(connection: sa.Connection, template_id: UUID) -> TaskTemplate | None:
    """The template with its steps, locked."""
    found = _GET.first(connection, id=template_id)
    if found is None:
        return None
    steps = tuple(TaskTemplateStep(**row._asdict()) for row in _STEPS.rows(connection, id=template_id))
    return TaskTemplate(**found._asdict(), steps=steps)


def insert(connection: sa.Connection, made: TaskTemplate, new_id: Ids, now: datetime) -> None:
    """Keep a new template."""
    _INSERT.run(connection, **_values(made), created_at=now, updated_at=now)
    _insert_steps(connection, made, new_id)


def save(connection: sa.Connection, changed: TaskTemplate, new_id: Ids, now: datetime) -> None:
    """Keep what changed of a template."""
    _SAVE.run(connection, **_values(changed), updated_at=now)
    _NO_STEPS.run(connection, id=changed.id)
    _insert_steps(connection, changed, new_id)


def insert_process(connection: sa.Connection, made: TaskProcess) -> None:
    """Keep what was started."""
    _INSERT_PROCESS.run(connection, **asdict(made))


def _insert_steps(connection: sa.Connection, of: TaskTemplate, new_id: Ids) -> None:
    for place, step in enumerate(of.steps, 1):
        _INSERT_STEP.run(connection, id=new_id(), template_id=of.id, place=place, **asdict(step))


def _values(each: TaskTemplate) -> dict[str, Any]:
    return {name: getattr(each, name) for name in _KEPT} | {"name_key": pinyin_key(each.name)}
