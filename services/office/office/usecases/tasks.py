"""Commands about tasks (OFC-17)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from crm_common.changes import Change, Usecase
from crm_common.context import ActorKind
from crm_common.editing import difference, expect_version
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.protocol.office.message_kinds import MessageKind, Subject
from crm_common.protocol.office.tasks import (
    AcceptTask,
    AssignTask,
    CancelTask,
    CompleteTask,
    CreateTask,
    ReopenTask,
    ReportTaskProgress,
    TaskAccepted,
    TaskAssigned,
    TaskCancelled,
    TaskCreated,
    TaskDone,
    TaskEvent,
    TaskMessages,
    TaskOverdue,
    TaskProgressed,
    TaskReopened,
    TaskRules,
    TaskStatus,
    TaskUpdated,
    TaskVerified,
    UpdateTask,
    VerifyTask,
)
from office.domain import task as domain
from office.domain.task import BY_ASSIGNEE, UNTOLD, Action, Task
from office.store import people, tasks
from office.usecases.messages import tell

_AT_ONCE = 200


def create_task(about: str | None) -> Usecase:
    """A new task about a record that the caller was found to see."""

    def run(change: Change, command: CreateTask) -> dict[str, Any]:
        me = change.context.authenticated().id
        if command.parent_id is not None:
            parent = visible(change, command.parent_id, field="parent_id")
            if parent.status not in domain.OPEN:
                raise TaskRules.a_closed_task_has_no_new_subtasks(field="parent_id")
        made = Task(
            id=change.new_id(),
            title=domain.titled(command.title),
            body=command.body,
            status=TaskStatus.ASSIGNED,
            priority=command.priority,
            assigner_id=me,
            assignee_id=expect_active(change, command.assignee_id or me),
            about=about,
            due_at=domain.due(command.due_at, change.now),
            parent_id=command.parent_id,
        )
        add(change, made)
        return {"task": made.id}

    return run


def add(change: Change, made: Task) -> None:
    """Keep a new task and tell whoever has to do it."""
    tasks.insert(change.connection, made, change.now)
    change.record(told(TaskCreated, None, made))
    tell_of_assignment(change, made)


def update_task(change: Change, command: UpdateTask) -> dict[str, Any]:
    """Other data of a task."""
    before = _locked(change, command.id, Action.EDIT)
    return _saved(change, before, domain.edited(before, command, change.now), TaskUpdated)


def assign_task(change: Change, command: AssignTask) -> dict[str, Any]:
    """Somebody else has to do it."""
    before = _locked(change, command.id, Action.ASSIGN)
    after = domain.acted(before, Action.ASSIGN, command.version)
    after = replace(after, assignee_id=expect_active(change, command.assignee_id))
    tell_of_assignment(change, after)
    return _saved(change, before, after, TaskAssigned)


def accept_task(change: Change, command: AcceptTask) -> dict[str, Any]:
    """Taken on, unless an earlier step is open."""
    before = _locked(change, command.id, Action.ACCEPT)
    expect_turn(change, before)
    return _saved(change, before, domain.acted(before, Action.ACCEPT, command.version), TaskAccepted)


def report_task_progress(change: Change, command: ReportTaskProgress) -> dict[str, Any]:
    """So far it has come."""
    before = _locked(change, command.id, Action.PROGRESS)
    expect_turn(change, before)
    after = domain.acted(before, Action.PROGRESS, command.version)
    return _saved(change, before, replace(after, progress=command.progress), TaskProgressed)


def complete_task(change: Change, command: CompleteTask) -> dict[str, Any]:
    """Done, if all its parts are."""
    before = _locked(change, command.id, Action.COMPLETE)
    expect_turn(change, before)
    after = domain.completed(before, command.version, command.result, change.now)
    if parts := tasks.open_parts(change.connection, before.id):
        raise TaskRules.subtasks_are_still_open(field="id", open=len(parts))
    _tell(change, after, TaskMessages.task_done, after.assigner_id, assignee=_name(change, after.assignee_id))
    return _saved(change, before, after, TaskDone)


def verify_task(change: Change, command: VerifyTask) -> dict[str, Any]:
    """Done, as was found."""
    before = _locked(change, command.id, Action.VERIFY)
    return _saved(change, before, domain.verified(before, command.version, change.now), TaskVerified)


def reopen_task(change: Change, command: ReopenTask) -> dict[str, Any]:
    """Sent back."""
    before = _locked(change, command.id, Action.REOPEN)
    after = domain.reopened(before, command.version, command.reason)
    _tell(change, after, TaskMessages.task_reopened, after.assignee_id, reason=command.reason)
    return _saved(change, before, after, TaskReopened)


def cancel_task(change: Change, command: CancelTask) -> dict[str, Any]:
    """Called off, and what it was divided into."""
    before = _locked(change, command.id, Action.CANCEL)
    expect_version(before.version, command.version)
    answer = _cancelled(change, before, command.reason)
    below = tasks.open_parts(change.connection, before.id)
    while below:
        part = below.pop()
        _cancelled(change, part, command.reason)
        below += tasks.open_parts(change.connection, part.id)
    return answer


def tell_of_overdue(run: JobRun) -> None:
    """Both sides are told once of each open task whose time has passed."""
    run.report["told"] = 0
    while True:
        with run.change() as change:
            late = tasks.late(change.connection, run.now, _AT_ONCE)
            for each in late:
                _overdue(change, each)
        run.report["told"] += len(late)
        if len(late) < _AT_ONCE or run.dry_run:
            return


def visible(change: Change, task_id: UUID, *, field: str = "id") -> Task:
    """The task, locked, if the caller gave it, has to do it, or stands above one of them; else ``NOT_FOUND``."""
    found = tasks.locked(change.connection, task_id)
    me = change.context.authenticated().id
    if found is None or not _concerns(change, found, me):
        raise CommonRules.the_record_was_not_found(field=field)
    return found


def expect_active(change: Change, employee_id: UUID, *, field: str = "assignee_id") -> UUID:
    """The employee, if his account is not disabled."""
    if employee_id not in people.active(change.connection, [employee_id]):
        raise TaskRules.a_task_goes_to_somebody_active(field=field)
    return employee_id


def expect_turn(change: Change, task: Task) -> None:
    """``BAD_STATE`` for a step of a process before those that come first are done (OFC-18)."""
    if task.process_id is None or task.step is None:
        return
    earlier = tasks.first_open_before(change.connection, task.process_id, task.step)
    if earlier is not None:
        raise TaskRules.an_earlier_step_is_still_open(field="id", step=earlier)


def told(kind: type[TaskEvent], before: Task | None, after: Task) -> TaskEvent:
    """The event of a change."""
    return kind(
        task_id=after.id,
        title=after.title,
        status=after.status,
        priority=after.priority,
        assigner_id=after.assigner_id,
        assignee_id=after.assignee_id,
        about=after.about,
        due_at=after.due_at,
        parent_id=after.parent_id,
        process_id=after.process_id,
        changes=difference(before, after, without=UNTOLD),
    )


def _locked(change: Change, task_id: UUID, action: Action) -> Task:
    """The task, locked, for somebody who may take the action."""
    found = visible(change, task_id)
    actor = change.context.authenticated()
    if action in BY_ASSIGNEE:
        if found.assignee_id != actor.id:
            raise TaskRules.only_who_does_the_task_may_do_this(field="id")
    elif actor.id != found.assigner_id and not people.leads(change.connection, actor.id, found.assigner_id):
        raise TaskRules.only_who_gave_the_task_may_do_this(field="id")
    return found


def _concerns(change: Change, task: Task, me: UUID) -> bool:
    if me in (task.assigner_id, task.assignee_id):
        return True
    return any(people.leads(change.connection, me, each) for each in {task.assigner_id, task.assignee_id})


def _saved(change: Change, before: Task, after: Task, kind: type[TaskEvent]) -> dict[str, Any]:
    if after != before:
        tasks.save(change.connection, after, change.now)
        change.record(told(kind, before, after))
    return {"task": after.id}


def _cancelled(change: Change, task: Task, reason: str) -> dict[str, Any]:
    after = domain.cancelled(task, task.version, reason)
    _tell(change, after, TaskMessages.task_cancelled, after.assignee_id, reason=reason)
    return _saved(change, task, after, TaskCancelled)


def _overdue(change: Change, task: Task) -> None:
    assert task.due_at is not None
    after = replace(task, overdue_told_at=change.now)
    tasks.save(change.connection, after, change.now)
    change.record(told(TaskOverdue, task, after))
    name = _name(change, task.assignee_id)
    key = f"{task.id}/{task.due_at.isoformat()}"
    tell(
        change, to={task.assigner_id, task.assignee_id}, kind=TaskMessages.task_overdue,
        about=Subject("Task", task.id), key=key, title=task.title, assignee=name, due=task.due_at,
    )  # fmt: skip


def tell_of_assignment(change: Change, task: Task) -> None:
    """Whoever has to do it learns that he has."""
    _tell(change, task, TaskMessages.task_assigned, task.assignee_id, assigner=_name(change, task.assigner_id))


def _tell(change: Change, task: Task, kind: MessageKind, to: UUID, **parameters: str) -> None:
    """Tell somebody of the task, unless it was he who did it."""
    actor = change.context.authenticated()
    if actor.kind is ActorKind.EMPLOYEE and actor.id == to:
        return
    about, key = Subject("Task", task.id), f"{task.id}/{task.version}"
    tell(change, to={to}, kind=kind, about=about, key=key, title=task.title, **parameters)


def _name(change: Change, employee_id: UUID) -> str:
    return people.name_of(change.connection, employee_id)
