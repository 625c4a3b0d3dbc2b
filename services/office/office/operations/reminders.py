"""Reminders: what is asked and told of them, and when they come."""

from __future__ import annotations

from crm_common.jobs import JobRun
from crm_common.protocol.office.reminders import (
    CreateReminder,
    DeleteReminder,
    Reminders,
    RemindersByIds,
    UpdateReminder,
)
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from office.operations.records import Records
from office.usecases import reminders


class ReminderOperations(Records):
    """Reminders."""

    @rpc
    def reminders(self, query: Reminders) -> Raw:
        return self.views.page(query)

    @rpc
    def reminders_by_ids(self, query: RemindersByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_reminder(self, command: CreateReminder) -> Raw:
        return self.commands.run(reminders.create_reminder(self.about(command.about)), command)

    @rpc
    def update_reminder(self, command: UpdateReminder) -> Raw:
        return self.commands.run(reminders.update_reminder, command)

    @rpc
    def delete_reminder(self, command: DeleteReminder) -> Raw:
        return self.commands.run(reminders.delete_reminder, command)

    @every("* * * * *", name="office.remind")
    def fire_reminders(self, run: JobRun) -> None:
        """Reminders whose moment has come become messages (OFC-03)."""
        reminders.fire_due(run)
