"""Commands about notes to people (OFC-07)."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.protocol.office.message_kinds import Subject
from crm_common.protocol.office.notes import (
    LeaveNote,
    NoteLeft,
    NoteMessages,
    NoteRead,
    NoteRules,
    NoteWithdrawn,
    ReadNotes,
    WithdrawNote,
)
from office.store import notes, people
from office.store.notes import Note
from office.usecases.messages import settle, tell


def leave_note(change: Change, command: LeaveNote) -> dict[str, Any]:
    """One note for each colleague, of which he is told."""
    me = change.context.authenticated()
    to = sorted(set(command.to_ids))
    if not command.text.strip():
        raise NoteRules.a_note_says_something(field="text")
    if me.id in to or people.active(change.connection, to) != set(to):
        raise NoteRules.a_note_is_for_a_colleague(field="to_ids")
    left = [Note(id=change.new_id(), from_id=me.id, to_id=each, read_at=None) for each in to]
    notes.insert(change.connection, left, command.text.strip(), change.now)
    for each in left:
        change.record(NoteLeft(note_id=each.id, from_id=each.from_id, to_id=each.to_id))
        about, key = Subject("Note", each.id), str(each.id)
        tell(change, to=[each.to_id], kind=NoteMessages.note_left, about=about, key=key, name=me.name)
    return {"notes": [each.id for each in left]}


def read_notes(change: Change, command: ReadNotes) -> dict[str, Any]:
    """These, or all, are read, and with them the messages that told of them."""
    me = change.context.authenticated().id
    if bool(command.ids) == command.all:
        raise NoteRules.notes_are_named_or_all_are_meant(field="ids")
    ids = set(command.ids)
    if notes.own(change.connection, me, sorted(ids)) != len(ids):
        raise CommonRules.the_record_was_not_found(field="ids")
    found = notes.read(change.connection, me, None if command.all else sorted(ids), change.now)
    change.record(*(NoteRead(note_id=each.id, from_id=each.from_id, to_id=each.to_id) for each in found))
    settle(change, me, NoteMessages.note_left, [str(each.id) for each in found])
    return {"read": len(found), "unread": notes.unread(change.connection, me)}


def withdraw_note(change: Change, command: WithdrawNote) -> dict[str, Any]:
    """The note is gone, and what told of it is settled."""
    found = notes.locked(change.connection, command.id)
    if found is None or found.from_id != change.context.authenticated().id:
        raise CommonRules.the_record_was_not_found(field="id")
    if found.read_at is not None:
        raise NoteRules.a_note_that_was_read_stays(field="id")
    notes.delete(change.connection, found.id)
    change.record(NoteWithdrawn(note_id=found.id, from_id=found.from_id, to_id=found.to_id))
    settle(change, found.to_id, NoteMessages.note_left, [str(found.id)])
    return {"withdrawn_id": found.id}
