"""Notes to people: what is asked and told of them."""

from __future__ import annotations

from crm_common.protocol.office.notes import LeaveNote, Notes, NotesByIds, ReadNotes, UnreadNotes, WithdrawNote
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from office.operations.offering import Offering
from office.usecases import notes
from office.views import notes as views


class NoteOperations(Offering):
    """Notes."""

    @rpc
    def notes(self, query: Notes) -> Raw:
        return self.views.page(query, where=views.SENT if query.sent else views.RECEIVED)

    @rpc
    def notes_by_ids(self, query: NotesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def unread_notes(self, _query: UnreadNotes) -> int:
        return views.unread(self.host.store, self.context)

    @rpc
    def leave_note(self, command: LeaveNote) -> Raw:
        return self.commands.run(notes.leave_note, command)

    @rpc
    def read_notes(self, command: ReadNotes) -> Raw:
        return self.commands.run(notes.read_notes, command)

    @rpc
    def withdraw_note(self, command: WithdrawNote) -> Raw:
        return self.commands.run(notes.withdraw_note, command)
