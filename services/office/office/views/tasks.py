"""Tasks as they are shown: to who gave them, who has to do them, and who is above one of these."""

from __future__ import annotations

from crm_common.protocol.office.tasks import TaskBox, TaskView
from crm_common.reading import Where, bind, many
from office.domain.task import OPEN
from office.tables import task

OPEN_STATES = ", ".join(f"'{each}'" for each in sorted(OPEN))
"""As a list in SQL."""
_BELOW_ME = "EXISTS (SELECT FROM employee_ref p WHERE p.id = {{t}}.{column} AND p.line @> ARRAY[{{me}}])"
_DONE_BELOW_ME, _GIVEN_BELOW_ME = (_BELOW_ME.format(column=each) for each in ("assignee_id", "assigner_id"))

TASKS = bind(
    TaskView,
    task,
    fields={
        "assigner_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.assigner_id",
        "assignee_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.assignee_id",
        "is_open": f"{{t}}.status IN ({OPEN_STATES})",
        "is_overdue": f"{{t}}.status IN ({OPEN_STATES}) AND coalesce({{t}}.due_at < {{now}}, false)",
    },
    sort={"title": task.c.title_key},
    children={"subtasks": many(task.c.parent_id, order=[task.c.created_at])},
    where=f"{{t}}.assignee_id = {{me}} OR {{t}}.assigner_id = {{me}} OR {_DONE_BELOW_ME} OR {_GIVEN_BELOW_ME}",
    default_order=[task.c.due_at, task.c.created_at],
)

BOXES = {
    TaskBox.ALL: None,
    TaskBox.MINE: Where("{t}.assignee_id = {me}", selective=True),
    TaskBox.ASSIGNED_BY_ME: Where("{t}.assigner_id = {me} AND {t}.assignee_id <> {me}", selective=True),
    TaskBox.TEAM: Where(f"{{t}}.assignee_id <> {{me}} AND {_DONE_BELOW_ME}"),
}
"""What narrows each box."""
