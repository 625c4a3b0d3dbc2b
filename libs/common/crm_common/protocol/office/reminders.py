"""Timed reminders (OFC-03): what somebody wants to be told at a moment, once or again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Words
from crm_common.protocol.office.service import VERSION_DOC, Title, Version, office
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, shown

ReminderId = Annotated[UUID, Ref("Reminder")]
GlobalId = Annotated[str, Meta(min_length=1, max_length=200)]
Repeat = Annotated[str, Meta(min_length=1, max_length=500)]
REPEAT_DOC = "How it repeats, the value of an RRULE: FREQ=WEEKLY;BYDAY=MO,FR. The first moment is one of the rule's."


class ReminderRules(Rules):
    """Refusals of reminders."""

    a_reminder_has_a_title = Rule(Code.VALIDATION, en="Say what to remind of.", zh="请填写提醒内容。")
    a_reminder_lies_ahead = Rule(Code.VALIDATION, en="A reminder lies in the future.", zh="提醒时间必须晚于当前时间。")
    too_many_reminders = Rule(
        Code.LIMIT_EXCEEDED, en="At most {limit} reminders may wait.", zh="待触发的提醒最多 {limit} 个。"
    )


class ReminderMessages(MessageKinds):
    """What a reminder says when its moment has come."""

    reminder_fired = MessageKind(
        label=Words("My reminders", "我的提醒"),
        title=Words("Reminder: {title}", "提醒：{title}"),
        text=Words("Set for {at}.", "设定时间：{at}。"),
        urgent=True,
    )


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class ReminderView:
    """A reminder of the viewer's."""

    id: UUID = shown("The id.")
    title: str = shown("What it reminds of.", filterable=True)
    about: str | None = shown("The global id of the record it was set on: ask node(id).", filterable=True)
    at: datetime = shown("The first moment.")
    repeat: str | None = shown("How it repeats: the value of an RRULE.")
    next_at: datetime | None = shown("When it reminds next; null when it is over.", filterable=True, sortable=True)
    fired_at: datetime | None = shown("When it reminded last.")
    times_fired: int = shown("How often it has reminded.")
    created_at: datetime = shown("When it was set.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was changed last.")
    version: int = shown("Counts its changes; send it back when editing.")


@office.query(AUTHENTICATED, returns=ReminderView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders(ListQuery):
    """The viewer's reminders, next first; those that are over stand last."""


@office.query(AUTHENTICATED, returns=ReminderView)
@dataclass(frozen=True, slots=True, kw_only=True)
class RemindersByIds(GetQuery):
    """The viewer's reminders by id."""


@office.command(AUTHENTICATED, returns={"reminder": ReminderView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateReminder(Command):
    """Set a reminder, on its own or on a record that one sees."""

    title: Title = given("What to remind of.")
    at: datetime = given("When.")
    repeat: Repeat | None = given(REPEAT_DOC, default=None)
    about: GlobalId | None = given("The global id of a record.", default=None)


@office.command(AUTHENTICATED, returns={"reminder": ReminderView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateReminder(Command):
    """Change one's reminder; with another moment or rule it begins anew."""

    id: ReminderId = given("The reminder.")
    version: Version = given(VERSION_DOC)
    title: Title | UnsetType = given("What to remind of.", default=UNSET)
    at: datetime | UnsetType = given("When.", default=UNSET)
    repeat: Repeat | UnsetType | None = given(REPEAT_DOC, default=UNSET)


@office.command(AUTHENTICATED, returns={"deleted_id": ReminderId})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteReminder(Command):
    """Drop one's reminder."""

    id: ReminderId = given("The reminder.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderEvent(Event):
    """What every event of a reminder tells: whose it is and what it was set on; not what it says."""

    reminder_id: UUID
    owner_id: UUID
    about: str | None


@office.event("reminder.created", subject="reminder_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderCreated(ReminderEvent):
    """A reminder was set."""


@office.event("reminder.updated", subject="reminder_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderUpdated(ReminderEvent):
    """A reminder was changed."""


@office.event("reminder.deleted", subject="reminder_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDeleted(ReminderEvent):
    """A reminder was dropped."""


@office.event("reminder.fired", subject="reminder_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderFired(ReminderEvent):
    """The moment had come."""

    at: datetime
    """The moment it was set for."""
