"""Tasks (OFC-17): assigned, accepted, worked on, done, verified; seen by both sides and by who is above them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Words
from crm_common.protocol.office.service import VERSION_DOC, EmployeeId, Text, Title, Version, office
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, child, shown

TaskId = Annotated[UUID, Ref("Task")]
About = Annotated[str, Meta(min_length=1, max_length=200)]
"""The global id of a record of any service, as the API shows it."""
Moment = Annotated[datetime, Meta(tz=True)]
Note = Annotated[str, Meta(max_length=2000)]


class TaskStatus(StrEnum):
    """Where a task stands."""

    ASSIGNED = "ASSIGNED"
    """Given to somebody who has not taken it on yet."""
    ACCEPTED = "ACCEPTED"
    """Taken on."""
    IN_PROGRESS = "IN_PROGRESS"
    """Worked on, or sent back."""
    DONE = "DONE"
    """Finished, as its assignee says."""
    VERIFIED = "VERIFIED"
    """Finished, as whoever assigned it found."""
    CANCELLED = "CANCELLED"
    """Called off."""


class TaskPriority(StrEnum):
    """How urgent a task is."""

    LOW = "LOW"
    """When there is time."""
    NORMAL = "NORMAL"
    """As usual."""
    HIGH = "HIGH"
    """Before the others."""
    URGENT = "URGENT"
    """At once."""


class TaskBox(StrEnum):
    """Which of the tasks that one sees."""

    ALL = "ALL"
    """All of them."""
    MINE = "MINE"
    """Those one has to do."""
    ASSIGNED_BY_ME = "ASSIGNED_BY_ME"
    """Those one gave to others."""
    TEAM = "TEAM"
    """Those that people below one have to do."""


class TaskRules(Rules):
    """Refusals of tasks."""

    a_task_has_a_title = Rule(Code.VALIDATION, en="Say what is to be done.", zh="请填写任务内容。")
    a_task_is_not_in_this_state = Rule(
        Code.BAD_STATE,
        en="A task that is {status} does not allow this.",
        zh="任务当前状态（{status}）不允许此操作。",
    )
    only_who_does_the_task_may_do_this = Rule(
        Code.FORBIDDEN, en="Only who has to do the task may do this.", zh="只有任务的执行人可以执行此操作。"
    )
    only_who_gave_the_task_may_do_this = Rule(
        Code.FORBIDDEN,
        en="Only who assigned the task, or his superior, may do this.",
        zh="只有任务的指派人或其上级可以执行此操作。",
    )
    a_task_goes_to_somebody_active = Rule(
        Code.VALIDATION, en="This account cannot be given tasks.", zh="该账号不能接收任务。"
    )
    subtasks_are_still_open = Rule(
        Code.BAD_STATE, en="{open} subtasks are still open.", zh="还有 {open} 个子任务未完成。"
    )
    a_closed_task_has_no_new_subtasks = Rule(
        Code.BAD_STATE, en="This task is closed: it takes no subtasks.", zh="任务已结束，不能再添加子任务。"
    )
    an_earlier_step_is_still_open = Rule(Code.BAD_STATE, en="Step {step} comes first.", zh="请先完成第 {step} 步。")
    a_task_is_due_in_the_future = Rule(
        Code.VALIDATION, en="The due time lies in the past.", zh="截止时间不能早于当前时间。"
    )


class TaskMessages(MessageKinds):
    """What people are told of tasks."""

    task_assigned = MessageKind(
        label=Words("Tasks given to me", "分配给我的任务"),
        title=Words("{assigner} gave you a task: {title}", "{assigner}给您分配了任务：{title}"),
    )
    task_done = MessageKind(
        label=Words("Tasks I gave are done", "我分配的任务已完成"),
        title=Words("{assignee} has done: {title}", "{assignee}完成了任务：{title}"),
    )
    task_reopened = MessageKind(
        label=Words("Tasks sent back to me", "退回给我的任务"),
        title=Words("Sent back to you: {title}", "任务被退回：{title}"),
        text=Words("{reason}", "{reason}"),
    )
    task_cancelled = MessageKind(
        label=Words("Tasks called off", "任务已取消"),
        title=Words("Called off: {title}", "任务已取消：{title}"),
        text=Words("{reason}", "{reason}"),
    )
    task_overdue = MessageKind(
        label=Words("Tasks overdue", "任务逾期"),
        title=Words("Overdue: {title}", "任务已逾期：{title}"),
        text=Words("{assignee} had to be done by {due}.", "执行人{assignee}，截止时间{due}。"),
    )


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class TaskView:
    """A task, seen by who gave it, who has to do it, and their superiors."""

    id: UUID = shown("The id.", filterable=True)
    title: str = shown("What is to be done.", filterable=True, sortable=True)
    body: str = shown("What more is said of it.", filterable=True)
    status: TaskStatus = shown("Where it stands.", filterable=True)
    priority: TaskPriority = shown("How urgent it is.", filterable=True)
    progress: int = shown("How much of it is done, in percent.", filterable=True)
    result: str | None = shown("What came of it, as its assignee says; why it was sent back or called off.")
    assigner_id: Annotated[UUID, Ref("Employee", record="assigner")] = shown("Who gave it.", filterable=True)
    assigner_name: str | None = shown("His name, as this service knows it.")
    assignee_id: Annotated[UUID, Ref("Employee", record="assignee")] = shown("Who has to do it.", filterable=True)
    assignee_name: str | None = shown("His name, as this service knows it.")
    about: str | None = shown("The global id of the record it is about: ask node(id).", filterable=True)
    due_at: datetime | None = shown("By when.", filterable=True, sortable=True)
    is_overdue: bool = shown("Whether it is open and its time has passed.", filterable=True)
    is_open: bool = shown(
        "Whether something is left to do: neither done, nor verified, nor called off.", filterable=True
    )
    parent_id: TaskId | None = shown("The task it is a part of.", filterable=True)
    process_id: Annotated[UUID, Ref("TaskProcess")] | None = shown("The process it is a step of.", filterable=True)
    step: int | None = shown("Its place among the steps, from 1.", sortable=True)
    created_at: datetime = shown("When it was given.", filterable=True, sortable=True)
    done_at: datetime | None = shown("When it was done.", filterable=True, sortable=True)
    verified_at: datetime | None = shown("When it was verified.", filterable=True)
    updated_at: datetime = shown("When it was changed last.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    subtasks: list[TaskView] = child("What it is divided into.", limit=100)


@office.query(AUTHENTICATED, returns=TaskView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks(ListQuery):
    """Tasks that the viewer gave or has to do, or somebody below him; without an order what is due first."""

    box: TaskBox = given("Which of them.", default=TaskBox.ALL)


@office.query(AUTHENTICATED, returns=TaskView)
@dataclass(frozen=True, slots=True, kw_only=True)
class TasksByIds(GetQuery):
    """Tasks by id."""


@office.command(AUTHENTICATED, returns={"task": TaskView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTask(Command):
    """Give somebody, or oneself, a task."""

    title: Title = given("What is to be done.")
    body: Text = given("What more is said of it.", default="")
    assignee_id: EmployeeId | None = given("Who has to do it; absent: oneself.", default=None)
    priority: TaskPriority = given("How urgent it is.", default=TaskPriority.NORMAL)
    due_at: Moment | None = given("By when.", default=None)
    about: About | None = given("The global id of the record it is about; one that you see.", default=None)
    parent_id: TaskId | None = given("The task it is a part of.", default=None)


@office.command(AUTHENTICATED, returns={"task": TaskView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateTask(Command):
    """Change an open task that one gave. Fields that are left out stay as they are."""

    id: TaskId = given("The task.")
    version: Version = given(VERSION_DOC)
    title: Title | UnsetType = given("What is to be done.", default=UNSET)
    body: Text | UnsetType = given("What more is said of it.", default=UNSET)
    priority: TaskPriority | UnsetType = given("How urgent it is.", default=UNSET)
    due_at: Moment | UnsetType | None = given("By when.", default=UNSET)


@office.command(AUTHENTICATED, returns={"task": TaskView})
@dataclass(frozen=True, slots=True, kw_only=True)
class AssignTask(Command):
    """Give an open task to somebody else; he has to accept it anew."""

    id: TaskId = given("The task.")
    version: Version = given(VERSION_DOC)
    assignee_id: EmployeeId = given("Who has to do it from now on.")


@office.command(AUTHENTICATED, returns={"task": TaskView})
@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptTask(Command):
    """Take a task on that was given to oneself."""

    id: TaskId = given("The task.")
    version: Version = given(VERSION_DOC)


@office.command(AUTHENTICATED, returns={"task": TaskView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTaskProgress(Command):
    """Say how far one's task has come."""

    id: TaskId = given("The task.")
    version: Version = given(VERSION_DOC)
    progress: Annotated[int, Meta(ge=0, le=99)] = given("How much of it is done, in percent.")


@office.command(AUTHENTICATED, returns={"task": TaskView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask(Command):
    """One's task is done; refused while subtasks are open."""

    id: TaskId = given("The task.")
    version: Version = given(VERSION_DOC)
    result: Note | None = given("What came of it.", default=None)


@office.command(AUTHENTICATED, returns={"task": TaskView})
@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyTask(Command):
    """A task that one gave is done well."""

    id: TaskId = given("The task.")
    version: Version = given(VERSION_DOC)


@office.command(AUTHENTICATED, returns={"task": TaskView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenTask(Command):
    """A task that one gave is not done yet, whatever was said: it goes back."""

    id: TaskId = given("The task.")
    version: Version = given(VERSION_DOC)
    reason: Note = given("Why.")


@office.command(AUTHENTICATED, returns={"task": TaskView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTask(Command):
    """Call a task off that one gave, and its open subtasks with it."""

    id: TaskId = given("The task.")
    version: Version = given(VERSION_DOC)
    reason: Note = given("Why.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEvent(Event):
    """What every event of a task tells: the task after the change."""

    task_id: UUID
    title: str
    status: TaskStatus
    priority: TaskPriority
    assigner_id: UUID
    assignee_id: UUID
    about: str | None
    due_at: datetime | None
    parent_id: UUID | None
    process_id: UUID | None
    changes: Changes


@office.event("task.created", subject="task_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCreated(TaskEvent):
    """Somebody was given a task."""


@office.event("task.updated", subject="task_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskUpdated(TaskEvent):
    """A task was changed by who gave it."""


@office.event("task.assigned", subject="task_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAssigned(TaskEvent):
    """A task was given to somebody else."""


@office.event("task.accepted", subject="task_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAccepted(TaskEvent):
    """A task was taken on."""


@office.event("task.progressed", subject="task_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProgressed(TaskEvent):
    """A task has come further."""


@office.event("task.done", subject="task_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone(TaskEvent):
    """A task is done, as its assignee says."""


@office.event("task.verified", subject="task_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskVerified(TaskEvent):
    """A task is done, as was found."""


@office.event("task.reopened", subject="task_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReopened(TaskEvent):
    """A task was sent back."""


@office.event("task.cancelled", subject="task_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCancelled(TaskEvent):
    """A task was called off."""


@office.event("task.overdue", subject="task_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOverdue(TaskEvent):
    """A task's time has passed; told once for each due time."""


office.live(
    "task_changed",
    events=(
        TaskCreated, TaskUpdated, TaskAssigned, TaskAccepted, TaskProgressed, TaskDone, TaskVerified, TaskReopened,
        TaskCancelled, TaskOverdue,
    ),
    returns=TaskView,
    policy=AUTHENTICATED,
    doc="A task that the viewer sees, after each change of it.",
)  # fmt: skip
