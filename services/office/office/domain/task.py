"""A task and its changes (OFC-17): which action leads from where to where, and who may take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import UnsetType

from crm_common.editing import chosen, expect_version
from crm_common.protocol.office.tasks import TaskPriority, TaskRules, TaskStatus, UpdateTask

OPEN = frozenset({TaskStatus.ASSIGNED, TaskStatus.ACCEPTED, TaskStatus.IN_PROGRESS})
"""Something is left to do."""
UNTOLD = ("id", "version", "overdue_told_at")
"""Of no interest to who hears of changes."""


class Action(StrEnum):
    """What is done with a task."""

    EDIT = "EDIT"
    ASSIGN = "ASSIGN"
    ACCEPT = "ACCEPT"
    PROGRESS = "PROGRESS"
    COMPLETE = "COMPLETE"
    VERIFY = "VERIFY"
    REOPEN = "REOPEN"
    CANCEL = "CANCEL"


BY_ASSIGNEE = frozenset({Action.ACCEPT, Action.PROGRESS, Action.COMPLETE})
"""What only he does who has to; all else is the assigner's, or his superiors'."""

_S = TaskStatus
_WORKED_ON = dict.fromkeys((_S.ACCEPTED, _S.IN_PROGRESS), _S.IN_PROGRESS)
TRANSITIONS: Mapping[Action, Mapping[TaskStatus, TaskStatus]] = {
    Action.EDIT: {each: each for each in OPEN},
    Action.ASSIGN: dict.fromkeys(OPEN, _S.ASSIGNED),
    Action.ACCEPT: {_S.ASSIGNED: _S.ACCEPTED},
    Action.PROGRESS: _WORKED_ON,
    Action.COMPLETE: dict.fromkeys(_WORKED_ON, _S.DONE),
    Action.VERIFY: {_S.DONE: _S.VERIFIED},
    Action.REOPEN: dict.fromkeys((_S.DONE, _S.VERIFIED), _S.IN_PROGRESS),
    Action.CANCEL: dict.fromkeys(OPEN, _S.CANCELLED),
}
"""From where each action leads where; what is not here is ``BAD_STATE``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task as its row keeps it."""

    id: UUID
    title: str
    body: str
    status: TaskStatus
    priority: TaskPriority
    progress: int = 0
    result: str | None = None
    assigner_id: UUID
    assignee_id: UUID
    about: str | None = None
    due_at: datetime | None = None
    parent_id: UUID | None = None
    process_id: UUID | None = None
    step: int | None = None
    done_at: datetime | None = None
    verified_at: datetime | None = None
    overdue_told_at: datetime | None = None
    version: int = field(default=1, compare=False)


def titled(title: str) -> str:
    """The title without outer blanks; one of blanks only is refused."""
    if not title.strip():
        raise TaskRules.a_task_has_a_title(field="title")
    return title.strip()


def next_status(action: Action, status: TaskStatus) -> TaskStatus:
    """Where the action leads; ``BAD_STATE`` where it leads nowhere."""
    found = TRANSITIONS[action].get(status)
    if found is None:
        raise TaskRules.a_task_is_not_in_this_state(field="id", status=status.value)
    return found


def acted(before: Task, action: Action, version: int) -> Task:
    """The task after the action, as far as its status goes."""
    status = next_status(action, before.status)
    expect_version(before.version, version)
    return replace(before, status=status, version=before.version + 1)


def edited(before: Task, command: UpdateTask, now: datetime) -> Task:
    """The task with other data; the same one where nothing changes. Another due time will be told of anew."""
    after = acted(before, Action.EDIT, command.version)
    due_at = before.due_at if isinstance(command.due_at, UnsetType) else due(command.due_at, now)
    told = before.overdue_told_at if due_at == before.due_at else None
    after = replace(
        after,
        title=titled(chosen(command.title, before.title)),
        body=chosen(command.body, before.body),
        priority=chosen(command.priority, before.priority),
        due_at=due_at,
        overdue_told_at=told,
    )
    return before if after == before else after


def due(due_at: datetime | None, now: datetime) -> datetime | None:
    """The due time in UTC; one that has passed is refused."""
    if due_at is None:
        return None
    if due_at <= now:
        raise TaskRules.a_task_is_due_in_the_future(field="due_at")
    return due_at.astimezone(UTC)


def completed(before: Task, version: int, result: str | None, now: datetime) -> Task:
    """Done, as its assignee says."""
    return replace(acted(before, Action.COMPLETE, version), progress=100, result=result or None, done_at=now)


def verified(before: Task, version: int, now: datetime) -> Task:
    """Done, as was found."""
    return replace(acted(before, Action.VERIFY, version), verified_at=now)


def reopened(before: Task, version: int, reason: str) -> Task:
    """Sent back: something is left to do."""
    after = acted(before, Action.REOPEN, version)
    return replace(after, progress=99, result=reason, done_at=None, verified_at=None)


def cancelled(before: Task, version: int, reason: str) -> Task:
    """Called off."""
    return replace(acted(before, Action.CANCEL, version), result=reason or None)


def is_overdue(task: Task, now: datetime) -> bool:
    """Whether it is open and its time has passed."""
    return task.status in OPEN and task.due_at is not None and task.due_at < now
