"""Commands about reminders, and their moments (OFC-03)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common import faults
from crm_common.changes import Change, Usecase
from crm_common.errors import CommonRules
from crm_common.ids import from_global
from crm_common.jobs import JobRun
from crm_common.protocol import platform
from crm_common.protocol.office.message_kinds import Subject
from crm_common.protocol.office.reminders import (
    CreateReminder,
    DeleteReminder,
    ReminderCreated,
    ReminderDeleted,
    ReminderFired,
    ReminderMessages,
    ReminderRules,
    ReminderUpdated,
    UpdateReminder,
)
from office.domain import reminder as domain
from office.domain.reminder import Reminder
from office.store import reminders
from office.usecases.messages import tell

MOST = 500
"""Reminders of one person that may wait."""
BATCH = 200
REMINDERS_TOLD = "office.reminders_told"
"""A point for `crm_common.faults`: a batch is told, nothing is committed."""


def create_reminder(about: str | None) -> Usecase:
    """A reminder of the caller's, on a record that he was found to see."""

    def run(change: Change, command: CreateReminder) -> dict[str, Any]:
        me = change.context.authenticated().id
        if reminders.waiting(change.connection, me) >= MOST:
            raise ReminderRules.too_many_reminders(limit=MOST)
        zone = str(change.settings.get(platform.TIMEZONE))
        made = domain.created(change.new_id(), me, command, about=about, zone=zone, now=change.now)
        reminders.insert(change.connection, made, change.now)
        change.record(ReminderCreated(reminder_id=made.id, owner_id=me, about=about))
        return {"reminder": made.id}

    return run


def update_reminder(change: Change, command: UpdateReminder) -> dict[str, Any]:
    """Another title, moment or rule."""
    before = _own(change, command.id)
    after = domain.updated(before, command, change.now)
    if after != before:
        reminders.save(change.connection, after, change.now)
        change.record(ReminderUpdated(reminder_id=after.id, owner_id=after.owner_id, about=after.about))
    return {"reminder": after.id}


def delete_reminder(change: Change, command: DeleteReminder) -> dict[str, Any]:
    """The reminder is gone."""
    gone = _own(change, command.id)
    reminders.delete(change.connection, gone.id)
    change.record(ReminderDeleted(reminder_id=gone.id, owner_id=gone.owner_id, about=gone.about))
    return {"deleted_id": gone.id}


def fire_due(run: JobRun) -> None:
    """One message for each reminder whose moment has come, in the transaction that moves it on to its next."""
    told = BATCH
    while told == BATCH:
        with run.change() as change:
            due = reminders.due(change.connection, run.now, BATCH)
            for each in due:
                _fire(change, each)
            faults.point(REMINDERS_TOLD)
        told = len(due)
        run.report["fired"] = run.report.get("fired", 0) + told
        if run.dry_run:
            return


def _fire(change: Change, due: Reminder) -> None:
    assert due.next_at is not None
    about = Subject("Reminder", due.id) if due.about is None else Subject(*from_global(due.about))
    key = f"{due.id}/{due.next_at.isoformat()}"
    kind = ReminderMessages.reminder_fired
    tell(change, to=[due.owner_id], kind=kind, about=about, key=key, title=due.title, at=due.next_at)
    reminders.save(change.connection, domain.fired(due, change.now), change.now)
    change.record(ReminderFired(reminder_id=due.id, owner_id=due.owner_id, about=due.about, at=due.next_at))


def _own(change: Change, reminder_id: UUID) -> Reminder:
    found = reminders.locked(change.connection, reminder_id)
    if found is None or found.owner_id != change.context.authenticated().id:
        raise CommonRules.the_record_was_not_found(field="id")
    return found
