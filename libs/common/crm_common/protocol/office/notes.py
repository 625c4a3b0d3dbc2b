"""Notes to people (留言, OFC-07): a few words for a colleague, until he has read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Words
from crm_common.protocol.office.service import EmployeeId, office
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, shown

NoteId = Annotated[UUID, Ref("Note")]


class NoteRules(Rules):
    """Refusals of notes."""

    a_note_says_something = Rule(Code.VALIDATION, en="Write something.", zh="请填写留言内容。")
    a_note_is_for_a_colleague = Rule(Code.VALIDATION, en="Choose colleagues who work here.", zh="请选择在职的同事。")
    notes_are_named_or_all_are_meant = Rule(
        Code.VALIDATION, en="Say which notes are read, or that all are.", zh="请指定已读的留言，或选择全部已读。"
    )
    a_note_that_was_read_stays = Rule(Code.BAD_STATE, en="He has read it already.", zh="对方已读，不能撤回。")


class NoteMessages(MessageKinds):
    """How a note is told of; what it says stays in it."""

    note_left = MessageKind(
        label=Words("Notes from colleagues", "同事留言"),
        title=Words("{name} left you a note", "{name} 给您留言"),
    )


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class NoteView:
    """A note to the viewer, or one that he left."""

    id: UUID = shown("The id.")
    from_id: EmployeeId = shown("Who left it.", filterable=True)
    from_name: str | None = shown("His name.")
    to_id: EmployeeId = shown("For whom.", filterable=True)
    to_name: str | None = shown("His name.")
    text: str = shown("What it says.", filterable=True)
    read_at: datetime | None = shown("When he for whom it is read it.", filterable=True)
    created_at: datetime = shown("When it was left.", filterable=True, sortable=True)


@office.query(AUTHENTICATED, returns=NoteView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Notes(ListQuery):
    """Notes to the viewer, latest first."""

    sent: bool = given("Instead: those that he left.", default=False)


@office.query(AUTHENTICATED, returns=NoteView)
@dataclass(frozen=True, slots=True, kw_only=True)
class NotesByIds(GetQuery):
    """Notes to the viewer, or left by him, by id."""


@office.query(AUTHENTICATED, returns=int)
@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadNotes:
    """How many notes to the viewer he has not read."""


@office.command(AUTHENTICATED, returns={"notes": list[NoteView]})
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveNote(Command):
    """Leave a note for colleagues: each gets his own."""

    to_ids: Annotated[tuple[EmployeeId, ...], Meta(min_length=1, max_length=50)] = given("For whom.")
    text: Annotated[str, Meta(min_length=1, max_length=2000)] = given("What it says.")


@office.command(AUTHENTICATED, returns={"read": int, "unread": int})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNotes(Command):
    """Mark notes to oneself as read; answers how many were and how many are left."""

    ids: Annotated[tuple[NoteId, ...], Meta(max_length=500)] = given("Which ones.", default=())
    all: bool = given("Instead: all there are.", default=False)


@office.command(AUTHENTICATED, returns={"withdrawn_id": NoteId})
@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawNote(Command):
    """Take back a note that one left and that was not read yet."""

    id: NoteId = given("The note.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteEvent(Event):
    """What every event of a note tells: from whom and for whom, and nothing of what it says."""

    note_id: UUID
    from_id: UUID
    to_id: UUID


@office.event("note.left", subject="note_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLeft(NoteEvent):
    """A note was left."""


@office.event("note.read", subject="note_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRead(NoteEvent):
    """A note was read."""


@office.event("note.withdrawn", subject="note_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWithdrawn(NoteEvent):
    """A note was taken back before it was read."""
