"""Tasks at several points of their way, the template 新客户首访流程, and a rule: each new customer is a task."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.protocol.office.rules import RuleCreated
from crm_common.protocol.office.task_templates import TaskTemplateCreated, TaskTemplateStep
from crm_common.protocol.office.tasks import TaskCreated, TaskPriority, TaskStatus
from crm_common.protocol.office.work_demo import LoadDemoWork
from office.domain.rule import Rule
from office.domain.task import Task
from office.domain.task_template import TaskTemplate
from office.store import rules, task_templates, tasks
from office.usecases.tasks import told

STEPS = (("查询客户背景", 1), ("电话预约首访", 2), ("首次拜访", 7), ("填写拜访报告", 8))
TASKS = (
    ("整理本月重点客户名单", TaskPriority.NORMAL, TaskStatus.ASSIGNED, 3),
    ("准备华东区报价", TaskPriority.HIGH, TaskStatus.ACCEPTED, 1),
    ("回访沉默客户", TaskPriority.NORMAL, TaskStatus.IN_PROGRESS, 5),
    ("补交上月拜访报告", TaskPriority.URGENT, TaskStatus.ASSIGNED, -1),
    ("更新产品资料", TaskPriority.LOW, TaskStatus.DONE, 10),
)
"""Title, priority, where it stands, days until it is due."""


def load_demo_work(change: Change, command: LoadDemoWork) -> dict[str, Any]:
    """Enter all of it, once."""
    if not command.employee_ids or tasks.any_there(change.connection):
        return {"loaded": 0}
    for place, (title, priority, status, days) in enumerate(TASKS):
        made = Task(
            id=change.new_id(),
            title=title,
            body="",
            status=status,
            priority=priority,
            progress={TaskStatus.IN_PROGRESS: 40, TaskStatus.DONE: 100}.get(status, 0),
            assigner_id=command.chief_id,
            assignee_id=command.employee_ids[place % len(command.employee_ids)],
            due_at=change.now + timedelta(days=days),
            done_at=change.now if status is TaskStatus.DONE else None,
        )
        tasks.insert(change.connection, made, change.now)
        change.record(told(TaskCreated, None, made))
    _template(change)
    _rule(change, command.chief_id)
    return {"loaded": len(TASKS) + 2}


def _template(change: Change) -> None:
    steps = tuple(TaskTemplateStep(title=title, due_days=days) for title, days in STEPS)
    made = TaskTemplate(
        id=change.new_id(),
        name="新客户首访流程",
        description="新客户从首次联系到拜访报告",
        active=True,
        steps=steps,
        version=1,
    )
    task_templates.insert(change.connection, made, change.new_id, change.now)
    change.record(TaskTemplateCreated(template_id=made.id, name=made.name, active=True, changes={}))


def _rule(change: Change, owner_id: UUID) -> None:
    places = {"title": "首次联系：{{name}}", "assigneeId": "{{ownerId}}", "about": "{{record}}", "dueAt": {"inDays": 2}}
    made = Rule(
        id=change.new_id(),
        name="新客户两天内首次联系",
        description="新建客户后，自动为客户经理创建联系任务",
        active=True,
        event_type="customer.created",
        delay_minutes=0,
        relative_to=None,
        schedule=None,
        next_due_at=None,
        condition={"ownerId": {"isNull": False}},
        actions=[{"mutation": "createTask", "input": places}],
        owner_id=owner_id,
    )
    rules.insert(change.connection, made, change.now)
    change.record(RuleCreated(rule_id=made.id, name=made.name, active=True, owner_id=owner_id, changes={}))
