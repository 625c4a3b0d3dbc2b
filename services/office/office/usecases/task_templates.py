"""Commands about templates of work (OFC-18)."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change, Usecase
from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.protocol.office.task_templates import (
    CreateTaskTemplate,
    StartTaskProcess,
    TaskProcessStarted,
    TaskTemplateCreated,
    TaskTemplateEvent,
    TaskTemplateUpdated,
    UpdateTaskTemplate,
)
from office.domain import task_template as domain
from office.domain.task_template import TaskProcess, TaskTemplate
from office.store import task_templates
from office.usecases import tasks


def create_task_template(change: Change, command: CreateTaskTemplate) -> dict[str, Any]:
    """A new template."""
    made = TaskTemplate(
        id=change.new_id(),
        name=domain.named(command.name),
        description=command.description,
        active=True,
        steps=domain.with_steps(command.steps),
        version=1,
    )
    task_templates.insert(change.connection, made, change.new_id, change.now)
    change.record(_told(TaskTemplateCreated, None, made))
    return {"task_template": made.id}


def update_task_template(change: Change, command: UpdateTaskTemplate) -> dict[str, Any]:
    """Another name, other steps, in use or not."""
    before = task_templates.locked(change.connection, command.id)
    if before is None:
        raise CommonRules.the_record_was_not_found(field="id")
    after = domain.updated(before, command)
    if after != before:
        task_templates.save(change.connection, after, change.new_id, change.now)
        change.record(_told(TaskTemplateUpdated, before, after))
    return {"task_template": after.id}


def start_task_process(about: str | None) -> Usecase:
    """Every step becomes a task, about a record that the caller was found to see."""

    def run(change: Change, command: StartTaskProcess) -> dict[str, Any]:
        me = change.context.authenticated().id
        template = task_templates.locked(change.connection, command.template_id)
        if template is None:
            raise CommonRules.the_record_was_not_found(field="template_id")
        domain.expect_in_use(template)
        process = TaskProcess(
            id=change.new_id(),
            template_id=template.id,
            name=template.name,
            about=about,
            started_by=me,
            assignee_id=tasks.expect_active(change, command.assignee_id or me),
            started_at=change.now,
        )
        task_templates.insert_process(change.connection, process)
        change.record(_started(process))
        for each in domain.tasks(process, template.steps, change.new_id):
            tasks.expect_active(change, each.assignee_id, field="template_id")
            tasks.add(change, each)
        return {"task_process": process.id}

    return run


def _started(process: TaskProcess) -> TaskProcessStarted:
    return TaskProcessStarted(
        process_id=process.id,
        template_id=process.template_id,
        name=process.name,
        about=process.about,
        started_by=process.started_by,
        assignee_id=process.assignee_id,
    )


def _told(kind: type[TaskTemplateEvent], before: TaskTemplate | None, after: TaskTemplate) -> TaskTemplateEvent:
    changes = difference(before, after, without=("id", "version", "steps"))
    if before is None or before.steps != after.steps:
        titles = [None if each is None else [step.title for step in each.steps] for each in (before, after)]
        changes["steps"] = (titles[0], titles[1])
    return kind(template_id=after.id, name=after.name, active=after.active, changes=changes)
