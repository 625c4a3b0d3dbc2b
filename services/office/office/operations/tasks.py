"""Tasks: what is asked and told of them."""

from __future__ import annotations

from crm_common.jobs import JobRun
from crm_common.protocol.office.tasks import (
    AcceptTask,
    AssignTask,
    CancelTask,
    CompleteTask,
    CreateTask,
    ReopenTask,
    ReportTaskProgress,
    Tasks,
    TasksByIds,
    UpdateTask,
    VerifyTask,
)
from crm_common.protocol.office.work_demo import LoadDemoWork
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from office.operations.records import Records
from office.usecases import tasks, work_demo
from office.views.tasks import BOXES


class TaskOperations(Records):
    """Tasks."""

    @rpc
    def tasks(self, query: Tasks) -> Raw:
        return self.views.page(query, where=BOXES[query.box])

    @rpc
    def tasks_by_ids(self, query: TasksByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_task(self, command: CreateTask) -> Raw:
        return self.commands.run(tasks.create_task(self.about(command.about)), command)

    @rpc
    def update_task(self, command: UpdateTask) -> Raw:
        return self.commands.run(tasks.update_task, command)

    @rpc
    def assign_task(self, command: AssignTask) -> Raw:
        return self.commands.run(tasks.assign_task, command)

    @rpc
    def accept_task(self, command: AcceptTask) -> Raw:
        return self.commands.run(tasks.accept_task, command)

    @rpc
    def report_task_progress(self, command: ReportTaskProgress) -> Raw:
        return self.commands.run(tasks.report_task_progress, command)

    @rpc
    def complete_task(self, command: CompleteTask) -> Raw:
        return self.commands.run(tasks.complete_task, command)

    @rpc
    def verify_task(self, command: VerifyTask) -> Raw:
        return self.commands.run(tasks.verify_task, command)

    @rpc
    def reopen_task(self, command: ReopenTask) -> Raw:
        return self.commands.run(tasks.reopen_task, command)

    @rpc
    def cancel_task(self, command: CancelTask) -> Raw:
        return self.commands.run(tasks.cancel_task, command)

    @rpc
    def load_demo_work(self, command: LoadDemoWork) -> Raw:
        return self.commands.run(work_demo.load_demo_work, command)

    @every("*/5 * * * *", name="office.tasks_overdue")
    def tell_of_overdue_tasks(self, run: JobRun) -> None:
        """Tells both sides of each open task whose time has passed, once."""
        tasks.tell_of_overdue(run)
