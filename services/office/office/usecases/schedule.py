"""Commands about schedules (OFC-02, 04)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.editing import expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.office.schedule import (
    AnswerInvitation,
    CreateScheduleEntry,
    DeleteScheduleEntry,
    InvitationAnswered,
    LeaveOutOccurrence,
    ScheduleEntryCreated,
    ScheduleEntryDeleted,
    ScheduleEntryUpdated,
    UpdateScheduleEntry,
)
from crm_common.protocol.office.schedule_rules import ScheduleRules
from crm_common.protocol.platform import TIMEZONE
from office.domain import schedule as domain
from office.domain.schedule import Entry
from office.store import people, schedule
from office.usecases import meetings


def create_schedule_entry(change: Change, command: CreateScheduleEntry) -> dict[str, Any]:
    """An entry of the caller's."""
    owner_id = change.context.authenticated().id
    zone = change.settings.get(TIMEZONE)
    made = domain.created(change.new_id(), owner_id, command, zone, change.now)
    _expect_colleagues(change, made.guests)
    enter(change, made)
    return {"entry": made.id}


def update_schedule_entry(change: Change, command: UpdateScheduleEntry) -> dict[str, Any]:
    """The entry with all of its repeats, as its owner changes it."""
    before = _own(change, command.id)
    after = domain.updated(before, command)
    _expect_colleagues(change, after.guests - before.guests)
    keep(change, before, after)
    return {"entry": after.id}


def leave_out_occurrence(change: Change, command: LeaveOutOccurrence) -> dict[str, Any]:
    """The entry without one repeat."""
    before = _own(change, command.id)
    expect_version(before.version, command.version)
    keep(change, before, domain.left_out(before, command.starts_at))
    return {"entry": before.id}


def delete_schedule_entry(change: Change, command: DeleteScheduleEntry) -> dict[str, Any]:
    """The entry is gone."""
    gone = _own(change, command.id)
    remove(change, gone)
    return {"deleted_id": gone.id}


def answer_invitation(change: Change, command: AnswerInvitation) -> dict[str, Any]:
    """What a guest says."""
    me = change.context.authenticated().id
    found = schedule.locked(change.connection, command.id)
    if found is None or me not in found.guests:
        raise CommonRules.the_record_was_not_found(field="id")
    if schedule.answer(change.connection, found.id, me, command.answer, change.now):
        change.record(
            InvitationAnswered(entry_id=found.id, owner_id=found.owner_id, employee_id=me, answer=command.answer)
        )
        meetings.tell_answer(change, found, me, command.answer)
    return {"entry": found.id}


def enter(change: Change, made: Entry) -> None:
    """Keep a new entry and tell of it."""
    schedule.insert(change.connection, made, change.now)
    meetings.tell_guests(change, None, made)
    change.record(ScheduleEntryCreated(**_about(made), changes=domain.told(None, made)))


def keep(change: Change, before: Entry, after: Entry) -> None:
    """Keep what changed, if anything did, and tell of it; another time asks the guests anew."""
    if after == before:
        return
    after = replace(after, version=before.version + 1)
    schedule.save(change.connection, after, change.now)
    if replace(after.span, left_out=()) != replace(before.span, left_out=()):
        schedule.ask_anew(change.connection, after.id)
    meetings.tell_guests(change, before, after)
    change.record(ScheduleEntryUpdated(**_about(after), changes=domain.told(before, after)))


def remove(change: Change, gone: Entry) -> None:
    """Take an entry away and tell of it."""
    schedule.delete(change.connection, gone.id)
    meetings.tell_guests(change, gone, None)
    change.record(ScheduleEntryDeleted(**_about(gone), changes=domain.told(gone, None)))


def _about(entry: Entry) -> dict[str, Any]:
    return {"entry_id": entry.id, "owner_id": entry.owner_id, "guest_ids": tuple(sorted(entry.guests))}


def _own(change: Change, entry_id: UUID) -> Entry:
    me = change.context.authenticated().id
    found = schedule.locked(change.connection, entry_id)
    if found is None or me not in {found.owner_id, *found.guests}:
        raise CommonRules.the_record_was_not_found(field="id")
    if found.owner_id != me:
        raise ScheduleRules.only_its_maker_changes_an_entry(field="id")
    return found


def _expect_colleagues(change: Change, guests: Collection[UUID]) -> None:
    if guests and people.active(change.connection, list(guests)) != set(guests):
        raise ScheduleRules.an_invited_colleague_works_here(field="guest_ids")
