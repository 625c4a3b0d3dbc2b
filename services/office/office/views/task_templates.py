"""Templates of work, and what was started from them."""

from __future__ import annotations

from crm_common.protocol.office.task_templates import TaskProcessView, TaskTemplateStepView, TaskTemplateView
from crm_common.reading import bind, many
from office.tables import task, task_process, task_template, task_template_step
from office.views.tasks import OPEN_STATES

_BELOW_ME = (
    "EXISTS (SELECT FROM employee_ref p WHERE p.id IN ({t}.started_by, {t}.assignee_id) AND p.line @> ARRAY[{me}])"
)

TASK_TEMPLATE_STEPS = bind(TaskTemplateStepView, task_template_step)
TASK_TEMPLATES = bind(
    TaskTemplateView,
    task_template,
    sort={"name": task_template.c.name_key},
    children={"steps": many(task_template_step.c.template_id, order=[task_template_step.c.place])},
    default_order=[task_template.c.name_key],
)
TASK_PROCESSES = bind(
    TaskProcessView,
    task_process,
    fields={
        "steps_left": "SELECT count(*) FROM task k WHERE k.process_id = {t}.id AND k.status IN (" + OPEN_STATES + ")",
    },
    children={"tasks": many(task.c.process_id, order=[task.c.step])},
    where=f"{{t}}.started_by = {{me}} OR {{t}}.assignee_id = {{me}} OR {_BELOW_ME}",
    default_order=[task_process.c.started_at.desc()],
)
