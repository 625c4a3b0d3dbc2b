"""A template of work and the tasks it becomes (OFC-18)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.ids import Ids
from crm_common.protocol.office.task_templates import TaskTemplateRules, TaskTemplateStep, UpdateTaskTemplate
from crm_common.protocol.office.tasks import TaskPriority, TaskStatus
from office.domain.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTemplate:
    """A template as it stands, with its steps in their order."""

    id: UUID
    name: str
    description: str
    active: bool
    steps: tuple[TaskTemplateStep, ...]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProcess:
    """Work that was started."""

    id: UUID
    template_id: UUID
    name: str
    about: str | None
    started_by: UUID
    assignee_id: UUID
    started_at: datetime


def named(name: str) -> str:
    """The name without outer blanks; one of blanks only is refused."""
    if not name.strip():
        raise TaskTemplateRules.a_template_has_a_name(field="name")
    return name.strip()


def with_steps(steps: tuple[TaskTemplateStep, ...]) -> tuple[TaskTemplateStep, ...]:
    """The steps, of which there is one."""
    if not steps:
        raise TaskTemplateRules.a_template_has_steps(field="steps")
    return steps


def updated(before: TaskTemplate, command: UpdateTaskTemplate) -> TaskTemplate:
    """The template after the command; the same one where nothing changes."""
    expect_version(before.version, command.version)
    after = replace(
        before,
        name=named(chosen(command.name, before.name)),
        description=chosen(command.description, before.description),
        active=chosen(command.active, before.active),
        steps=with_steps(chosen(command.steps, before.steps)),
    )
    return before if after == before else replace(after, version=before.version + 1)


def expect_in_use(template: TaskTemplate) -> None:
    """``BAD_STATE`` for a template that was retired."""
    if not template.active:
        raise TaskTemplateRules.a_retired_template_starts_nothing(field="template_id", name=template.name)


def tasks(process: TaskProcess, steps: Iterable[TaskTemplateStep], new_id: Ids) -> Iterator[Task]:
    """A task for each step, in their order."""
    for place, step in enumerate(steps, 1):
        days = step.due_days
        yield Task(
            id=new_id(),
            title=step.title,
            body=step.body,
            status=TaskStatus.ASSIGNED,
            priority=TaskPriority.NORMAL,
            assigner_id=process.started_by,
            assignee_id=step.assignee_id or process.assignee_id,
            about=process.about,
            due_at=None if days is None else process.started_at + timedelta(days=days),
            process_id=process.id,
            step=place,
        )
