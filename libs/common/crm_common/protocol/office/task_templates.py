"""Work by templates (OFC-18): steps in an order, made into tasks when a process is started."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.service import VERSION_DOC, EmployeeId, Text, Title, Version, office
from crm_common.protocol.office.tasks import About, TaskView
from crm_common.protocol.policy import AUTHENTICATED, needs
from crm_common.protocol.views import Ref, child, shown

TaskTemplateId = Annotated[UUID, Ref("TaskTemplate")]
EDIT_TEMPLATES = needs("task.template")
Days = Annotated[int, Meta(ge=1, le=365)]


class TaskTemplateRules(Rules):
    """Refusals of templates and processes."""

    a_template_has_a_name = Rule(Code.VALIDATION, en="Give the template a name.", zh="请填写模板名称。")
    a_template_has_steps = Rule(Code.VALIDATION, en="A template has at least one step.", zh="模板至少需要一个步骤。")
    a_retired_template_starts_nothing = Rule(
        Code.BAD_STATE, en="The template {name} is not in use any more.", zh="模板“{name}”已停用。"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTemplateStep:
    """A step of a template: the task it becomes."""

    title: Title = given("What is to be done.")
    body: Text = given("What more is said of it.", default="")
    assignee_id: EmployeeId | None = given("Who does it; absent: whom the process is started for.", default=None)
    due_days: Days | None = given("Days from the start by which it is due; absent: no due time.", default=None)


Steps = Annotated[tuple[TaskTemplateStep, ...], Meta(max_length=50)]


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class TaskTemplateStepView:
    """A step of a template."""

    id: UUID = shown("The id.")
    place: int = shown("Its place, from 1.", sortable=True)
    title: str = shown("What is to be done.")
    body: str = shown("What more is said of it.")
    assignee_id: Annotated[UUID, Ref("Employee", record="assignee")] | None = shown(
        "Who does it; null: whom the process is started for."
    )
    due_days: int | None = shown("Days from the start by which it is due.")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class TaskTemplateView:
    """A template of work: its steps are done one after the other."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("Its name.", filterable=True, sortable=True)
    description: str = shown("What it is for.")
    active: bool = shown("Whether processes can be started from it.", filterable=True)
    updated_at: datetime = shown("When it was changed last.", sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    steps: list[TaskTemplateStepView] = child("Its steps, in their order.", limit=50)


@office.query(AUTHENTICATED, returns=TaskTemplateView)
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTemplates(ListQuery):
    """Templates of work, by name."""


@office.query(AUTHENTICATED, returns=TaskTemplateView)
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTemplatesByIds(GetQuery):
    """Templates of work by id."""


@office.command(EDIT_TEMPLATES, returns={"task_template": TaskTemplateView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTaskTemplate(Command):
    """Make a template of work."""

    name: Title = given("Its name.")
    description: Text = given("What it is for.", default="")
    steps: Steps = given("Its steps, in their order.")


@office.command(EDIT_TEMPLATES, returns={"task_template": TaskTemplateView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateTaskTemplate(Command):
    """Change a template. Processes that were started keep their steps; fields that are left out stay as they are."""

    id: TaskTemplateId = given("The template.")
    version: Version = given(VERSION_DOC)
    name: Title | UnsetType = given("Its name.", default=UNSET)
    description: Text | UnsetType = given("What it is for.", default=UNSET)
    active: bool | UnsetType = given("Whether processes can be started from it.", default=UNSET)
    steps: Steps | UnsetType = given("All its steps, in their order.", default=UNSET)


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class TaskProcessView:
    """Work that was started from a template; seen by who started it, who it is for, and who is above one of them."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("The template's name when it was started.", filterable=True)
    template_id: TaskTemplateId = shown("The template.", filterable=True)
    about: str | None = shown("The global id of the record it is about: ask node(id).", filterable=True)
    started_by: Annotated[UUID, Ref("Employee", record="starter")] = shown("Who started it.", filterable=True)
    assignee_id: Annotated[UUID, Ref("Employee", record="assignee")] = shown("Whom it is for.", filterable=True)
    started_at: datetime = shown("When it was started.", filterable=True, sortable=True)
    steps_left: int = shown("How many of its steps are still open.", filterable=True)
    tasks: list[TaskView] = child("Its steps that the viewer sees, in their order.", limit=50)


@office.query(AUTHENTICATED, returns=TaskProcessView)
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProcesses(ListQuery):
    """Work started from templates, latest first."""


@office.query(AUTHENTICATED, returns=TaskProcessView)
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProcessesByIds(GetQuery):
    """Work started from templates by id."""


@office.command(AUTHENTICATED, returns={"task_process": TaskProcessView})
@dataclass(frozen=True, slots=True, kw_only=True)
class StartTaskProcess(Command):
    """Start work from a template: every step becomes a task, and none is taken on before those that come first."""

    template_id: TaskTemplateId = given("The template.")
    about: About | None = given("The global id of the record it is about; one that you see.", default=None)
    assignee_id: EmployeeId | None = given(
        "Who does the steps that the template gives to nobody; absent: oneself.", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTemplateEvent(Event):
    """What every event of a template tells."""

    template_id: UUID
    name: str
    active: bool
    changes: Changes


@office.event("task_template.created", subject="template_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTemplateCreated(TaskTemplateEvent):
    """A template was made."""


@office.event("task_template.updated", subject="template_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTemplateUpdated(TaskTemplateEvent):
    """A template was changed."""


@office.event("task_process.started", subject="process_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProcessStarted(Event):
    """Work was started from a template."""

    process_id: UUID
    template_id: UUID
    name: str
    about: str | None
    started_by: UUID
    assignee_id: UUID
