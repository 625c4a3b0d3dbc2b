"""The schedule (日程, OFC-02, 04, 05): what somebody has before him or keeps as a record, with repeats and guests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Words
from crm_common.protocol.office.service import VERSION_DOC, EmployeeId, Text, Title, Version, office
from crm_common.protocol.policy import AUTHENTICATED, INTERNAL, needs
from crm_common.protocol.views import Ref, child, shown

SEE_OTHERS = needs("schedule.view_team")
"""Other people's schedules, of those in the data scope of ``schedule``; the key itself stands in the catalogue."""
MOST_DAYS = 366
"""So many days are shown at once; an entry lasts at most as long."""
MOST_SHOWN = 1_000
"""So many occurrences are shown at once."""

ScheduleEntryId = Annotated[UUID, Ref("ScheduleEntry")]
Place = Annotated[str, Meta(max_length=200)]
Repeat = Annotated[str, Meta(max_length=200)]
GlobalId = Annotated[str, Meta(max_length=200)]
Guests = Annotated[tuple[EmployeeId, ...], Meta(max_length=100)]

_BEGINS = "When it begins; not of an all-day entry."
_ENDS = "When it ends; not of an all-day entry."
_FIRST_DAY = "The first day of an all-day entry."
_LAST_DAY = "The last day of an all-day entry; absent: the first."
_REPEAT = "How it repeats: the value of an RRULE by days, weeks, months or years, such as FREQ=WEEKLY;BYDAY=MO,WE."
_ABOUT = "The global id of the record it is about."
_GUESTS = "The colleagues who are invited."


class ScheduleMessages(MessageKinds):
    """What people are told of meetings (OFC-06)."""

    schedule_invited = MessageKind(
        label=Words("Invitations", "日程邀请"),
        title=Words("{owner} invites you: {title}", "{owner}邀请您参加：{title}"),
        text=Words("On {at}.", "时间：{at}。"),
    )
    schedule_moved = MessageKind(
        label=Words("Meetings that were moved", "日程变更"),
        title=Words("{owner} has moved: {title}", "{owner}调整了日程：{title}"),
        text=Words("Now on {at}.", "新的时间：{at}。"),
    )
    schedule_called_off = MessageKind(
        label=Words("Meetings that were called off", "日程取消"),
        title=Words("{owner} has called off: {title}", "{owner}取消了日程：{title}"),
        text=Words("It was to be on {at}.", "原定时间：{at}。"),
    )
    schedule_answered = MessageKind(
        label=Words("Answers to my invitations", "邀请回复"),
        title=Words("{guest} {answer}: {title}", "{guest}{answer}：{title}"),
    )


class EntryKind(StrEnum):
    """What an entry is."""

    APPOINTMENT = "APPOINTMENT"
    """Something at its time (日程)."""
    PLAN = "PLAN"
    """A planned event, or the record of a past one (事件计划)."""
    CONTACT = "CONTACT"
    """The next contact that a follow-up named (下次联系)."""


class EntryStatus(StrEnum):
    """Where an entry stands."""

    PLANNED = "PLANNED"
    """Before its owner (待办)."""
    DONE = "DONE"
    """Done, kept as a record (已完成)."""
    CANCELLED = "CANCELLED"
    """Does not take place (已取消)."""


class InvitationAnswer(StrEnum):
    """What an invited colleague says."""

    PENDING = "PENDING"
    """Nothing yet (待回复)."""
    ACCEPTED = "ACCEPTED"
    """Comes (接受)."""
    DECLINED = "DECLINED"
    """Does not come (拒绝)."""


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class ScheduleGuestView:
    """An invited colleague; seen by whoever sees the entry."""

    employee_id: EmployeeId = shown("Who is invited.")
    employee_name: str | None = shown("His name, as this service knows it.")
    answer: InvitationAnswer = shown("What he says.")
    answered_at: datetime | None = shown("When he said so.")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class ScheduleEntryView:
    """An entry with its repeats: seen by its owner and guests; unless it is private, by superiors with the right."""

    id: UUID = shown("The id.")
    owner_id: EmployeeId = shown("Whose it is.", filterable=True)
    owner_name: str | None = shown("His name, as this service knows it.")
    kind: EntryKind = shown("What it is.", filterable=True)
    status: EntryStatus = shown("Where it stands.", filterable=True, sortable=True)
    title: str = shown("What it is called.", filterable=True, sortable=True)
    place: str | None = shown("Where it takes place.", filterable=True)
    body: str = shown("What else is to be known.")
    all_day: bool = shown("Whether it fills whole days.", filterable=True)
    starts_at: datetime = shown("When it begins, of repeats the first.", filterable=True, sortable=True)
    ends_at: datetime = shown("When it ends, of repeats the first.", filterable=True, sortable=True)
    zone: str = shown("The time zone in which it repeats and its days are meant (IANA name).")
    repeat: str | None = shown("How it repeats, as the value of an RRULE.")
    left_out: list[str] = shown("When repeats would begin that do not take place, as ISO texts in UTC.")
    private: bool = shown("Whether others see only that its owner is busy.", filterable=True)
    about: str | None = shown("The global id of the record it is about: ask node(id).", filterable=True)
    created_at: datetime = shown("When it was entered.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last changed.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    guests: list[ScheduleGuestView] = child("Who is invited.", limit=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleItem:
    """An entry as it takes place once."""

    entry_id: ScheduleEntryId | None
    """The entry; null where one sees only that its owner is busy."""
    owner_id: EmployeeId
    """Whose entry it is."""
    owner_name: str | None
    """His name, as this service knows it."""
    title: str | None
    """What it is called; null where one sees only that its owner is busy."""
    place: str | None
    """Where it takes place."""
    kind: EntryKind | None
    """What it is; null where one sees only that its owner is busy."""
    status: EntryStatus
    """Where it stands."""
    all_day: bool
    """Whether it fills whole days."""
    starts_at: datetime
    """When it begins this time."""
    ends_at: datetime
    """When it ends this time."""
    repeats: bool
    """Whether it takes place at other times, too."""
    busy: bool
    """Whether it is private, so that nothing more of it is shown."""
    about: str | None
    """The global id of the record it is about: ask node(id)."""
    answer: InvitationAnswer | None
    """What the person whose schedule it is said to the invitation; null for an entry of his own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentHandler:
    """Somebody and what he is at."""

    employee_id: EmployeeId
    """Who."""
    employee_name: str | None
    """His name, as this service knows it."""
    department_name: str | None
    """His department, as this service knows it."""
    item: ScheduleItem
    """What he is at, from when until when."""


@office.query(AUTHENTICATED, returns=ScheduleEntryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleEntries(ListQuery):
    """The viewer's own entries and those he is invited to, as they were entered; the latest begin first."""


@office.query(AUTHENTICATED, returns=ScheduleEntryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleEntriesByIds(GetQuery):
    """Entries by id, of those one sees."""


@office.query(AUTHENTICATED, returns=tuple[ScheduleItem, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What takes place in a period, in the order of its beginning; declined invitations are left out.

    The schedule of somebody else needs schedule.view_team and shows of private entries that he is busy.
    """

    first_day: date = given("The first day, as the company's zone has it.")
    last_day: date = given(f"The last day; at most {MOST_DAYS} days in all.")
    employee_id: EmployeeId | None = given("Whose schedule; absent: one's own.", default=None)
    statuses: Annotated[tuple[EntryStatus, ...], Meta(max_length=3)] = given(
        "Only what stands so; absent: all.", default=()
    )


@office.query(AUTHENTICATED, returns=tuple[ScheduleItem, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class UpcomingSchedule:
    """What the viewer has before him, from today on, in the order of its beginning: what is planned only."""

    days: Annotated[int, Meta(ge=1, le=31)] = given("How many days, today included.", default=7)
    first: Annotated[int, Meta(ge=1, le=100)] = given("How many at most.", default=20)


@office.query(SEE_OTHERS, returns=tuple[CurrentHandler, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentHandlers:
    """Who in the viewer's data scope is at what at a moment, by name (OFC-05)."""

    at: datetime | None = given("The moment; absent: now.", default=None)


@office.query(AUTHENTICATED, returns=str)
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleEntryCalendar:
    """An entry, that one sees, as the text of an iCalendar file (RFC 5545)."""

    entry_id: ScheduleEntryId = given("The entry.")


@office.command(AUTHENTICATED, returns={"entry": ScheduleEntryView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateScheduleEntry(Command):
    """Enter something into one's schedule. What has passed is kept as a record (OFC-04)."""

    title: Title = given("What it is called.")
    kind: EntryKind = given("What it is.", default=EntryKind.APPOINTMENT)
    place: Place | None = given("Where it takes place.", default=None)
    body: Text = given("What else is to be known.", default="")
    starts_at: datetime | None = given(_BEGINS, default=None)
    ends_at: datetime | None = given(_ENDS, default=None)
    first_day: date | None = given(_FIRST_DAY, default=None)
    last_day: date | None = given(_LAST_DAY, default=None)
    repeat: Repeat | None = given(_REPEAT, default=None)
    private: bool = given("Whether others see only that one is busy.", default=False)
    about: GlobalId | None = given(_ABOUT, default=None)
    guest_ids: Guests = given(_GUESTS, default=())


@office.command(AUTHENTICATED, returns={"entry": ScheduleEntryView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateScheduleEntry(Command):
    """Change one's entry with all of its repeats. Fields that are left out stay as they are.

    Another time or repeat forgets which repeats were left out, and asks the guests anew.
    """

    id: ScheduleEntryId = given("The entry.")
    version: Version = given(VERSION_DOC)
    title: Title | UnsetType = given("What it is called.", default=UNSET)
    status: EntryStatus | UnsetType = given("Where it stands.", default=UNSET)
    place: Place | UnsetType | None = given("Where it takes place.", default=UNSET)
    body: Text | UnsetType = given("What else is to be known.", default=UNSET)
    starts_at: datetime | None = given(_BEGINS, default=None)
    ends_at: datetime | None = given(_ENDS, default=None)
    first_day: date | None = given(_FIRST_DAY, default=None)
    last_day: date | None = given(_LAST_DAY, default=None)
    repeat: Repeat | UnsetType | None = given(_REPEAT, default=UNSET)
    private: bool | UnsetType = given("Whether others see only that one is busy.", default=UNSET)
    about: GlobalId | UnsetType | None = given(_ABOUT, default=UNSET)
    guest_ids: Guests | UnsetType = given(f"All of {_GUESTS[0].lower()}{_GUESTS[1:]}", default=UNSET)


@office.command(AUTHENTICATED, returns={"entry": ScheduleEntryView})
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOutOccurrence(Command):
    """Let one repeat of one's entry not take place."""

    id: ScheduleEntryId = given("The entry.")
    version: Version = given(VERSION_DOC)
    starts_at: datetime = given("When the repeat would begin.")


@office.command(AUTHENTICATED, returns={"deleted_id": ScheduleEntryId})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteScheduleEntry(Command):
    """Take one's entry out of the schedule, with all of its repeats."""

    id: ScheduleEntryId = given("The entry.")


@office.command(AUTHENTICATED, returns={"entry": ScheduleEntryView})
@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerInvitation(Command):
    """Say whether one comes. It may be said anew."""

    id: ScheduleEntryId = given("The entry one is invited to.")
    answer: InvitationAnswer = given("What one says.")


@office.command(INTERNAL, returns={"loaded": int}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDemoSchedule(Command):
    """Give people of a demo company a week of schedule and an office to check in at, if nobody has entered anything."""

    employee_ids: tuple[EmployeeId, ...] = given("People who work there.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleEntryEvent(Event):
    """What every event of an entry tells. Of a private one: all but its words."""

    entry_id: UUID
    owner_id: UUID
    guest_ids: tuple[UUID, ...]
    changes: Changes


@office.event("schedule_entry.created", subject="entry_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleEntryCreated(ScheduleEntryEvent):
    """An entry was made."""


@office.event("schedule_entry.updated", subject="entry_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleEntryUpdated(ScheduleEntryEvent):
    """An entry was changed."""


@office.event("schedule_entry.deleted", subject="entry_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleEntryDeleted(ScheduleEntryEvent):
    """An entry was taken out of the schedule."""


@office.event("schedule_entry.answered", subject="entry_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAnswered(Event):
    """An invited colleague said whether he comes."""

    entry_id: UUID
    owner_id: UUID
    employee_id: UUID
    answer: InvitationAnswer
