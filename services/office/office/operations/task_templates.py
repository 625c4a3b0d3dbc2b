"""Templates of work: what is asked and told of them."""

from __future__ import annotations

from crm_common.protocol.office.task_templates import (
    CreateTaskTemplate,
    StartTaskProcess,
    TaskProcesses,
    TaskProcessesByIds,
    TaskTemplates,
    TaskTemplatesByIds,
    UpdateTaskTemplate,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from office.operations.records import Records
from office.usecases import task_templates


class TaskTemplateOperations(Records):
    """Templates and processes."""

    @rpc
    def task_templates(self, query: TaskTemplates) -> Raw:
        return self.views.page(query)

    @rpc
    def task_templates_by_ids(self, query: TaskTemplatesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_task_template(self, command: CreateTaskTemplate) -> Raw:
        return self.commands.run(task_templates.create_task_template, command)

    @rpc
    def update_task_template(self, command: UpdateTaskTemplate) -> Raw:
        return self.commands.run(task_templates.update_task_template, command)

    @rpc
    def task_processes(self, query: TaskProcesses) -> Raw:
        return self.views.page(query)

    @rpc
    def task_processes_by_ids(self, query: TaskProcessesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def start_task_process(self, command: StartTaskProcess) -> Raw:
        return self.commands.run(task_templates.start_task_process(self.about(command.about)), command)
