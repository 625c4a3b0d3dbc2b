"""Announcements (OFC-08, 09): written in a column, published at a moment to those addressed, who are told once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.announcement_columns import ColumnId, Departments
from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Words
from crm_common.protocol.office.service import VERSION_DOC, DepartmentId, EmployeeId, Text, Title, Version, office
from crm_common.protocol.policy import AUTHENTICATED, INTERNAL
from crm_common.protocol.views import Ref, shown

AnnouncementId = Annotated[UUID, Ref("Announcement")]


class AnnouncementState(StrEnum):
    """How far an announcement has come."""

    DRAFT = "DRAFT"
    """It is being written."""
    SCHEDULED = "SCHEDULED"
    """It waits for its moment."""
    PUBLISHED = "PUBLISHED"
    """Those addressed see it, until it expires."""
    WITHDRAWN = "WITHDRAWN"
    """It was taken back."""


class AnnouncementRules(Rules):
    """Refusals of announcements."""

    an_announcement_has_a_title = Rule(Code.VALIDATION, en="Give it a title.", zh="请填写公告标题。")
    an_announcement_expires_after_it_is_published = Rule(
        Code.VALIDATION, en="It would expire before it is published.", zh="失效时间必须晚于发布时间。"
    )
    you_do_not_publish_in_this_column = Rule(
        Code.FORBIDDEN, en="You do not publish in this column.", zh="您没有在该栏目发布的权限。"
    )
    only_a_draft_is_edited = Rule(
        Code.BAD_STATE,
        en="It is published: withdraw it and write another.",
        zh="已发布的公告不能修改，请撤回后重新发布。",
    )
    only_what_waits_or_stands_is_withdrawn = Rule(
        Code.BAD_STATE, en="It is not published.", zh="该公告未发布，无需撤回。"
    )


class AnnouncementMessages(MessageKinds):
    """How those addressed are told."""

    announcement_published = MessageKind(
        label=Words("New announcements", "新公告"),
        title=Words("{column}: {title}", "【{column}】{title}"),
    )


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class AnnouncementView:
    """An announcement: seen by those addressed while it is in force, by its author and the column's managers."""

    id: UUID = shown("The id.")
    column_id: ColumnId = shown("The column.", filterable=True)
    column_name: str | None = shown("Its name.")
    title: str = shown("Its title.", filterable=True)
    body: str = shown("Its text.", filterable=True)
    state: AnnouncementState = shown("How far it has come.", filterable=True)
    author_id: EmployeeId = shown("Who wrote it.", filterable=True)
    author_name: str | None = shown("His name.")
    department_ids: list[DepartmentId] = shown(
        "Whose people it is for, those of sub-departments too; empty: everybody."
    )
    publish_at: datetime | None = shown("When it is to be published; null: at once.")
    published_at: datetime | None = shown("When it was published.", filterable=True, sortable=True)
    expires_at: datetime | None = shown("When it goes out of force; null: never.", filterable=True)
    read_at: datetime | None = shown("When the viewer read it.")
    read_count: int | None = shown("How many of those addressed have read it; for its author and the managers.")
    addressee_count: int | None = shown("How many were told of it; for its author and the managers.")
    created_at: datetime = shown("When it was begun.", sortable=True)
    updated_at: datetime = shown("When it was changed last.")
    version: int = shown("Counts its changes; send it back when editing.")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class AnnouncementReadingView:
    """That somebody has read an announcement; seen by its author and the column's managers."""

    id: UUID = shown("The id of the reading.")
    employee_id: EmployeeId = shown("Who.", filterable=True)
    employee_name: str | None = shown("His name.")
    read_at: datetime = shown("When.", sortable=True)


@office.query(AUTHENTICATED, returns=AnnouncementView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Announcements(ListQuery):
    """Announcements in force that are for the viewer, latest first."""

    managed: bool = given("Instead: those he wrote or manages, in whatever state.", default=False)


@office.query(AUTHENTICATED, returns=AnnouncementView)
@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementsByIds(GetQuery):
    """Announcements by id."""


@office.query(AUTHENTICATED, returns=AnnouncementReadingView)
@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementReadings(ListQuery):
    """Who has read an announcement, latest first (OFC-09)."""

    announcement_id: AnnouncementId = given("The announcement.")


@office.command(AUTHENTICATED, returns={"announcement": AnnouncementView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAnnouncement(Command):
    """Begin an announcement in a column in which one publishes."""

    column_id: ColumnId = given("The column.")
    title: Title = given("Its title.")
    body: Text = given("Its text.", default="")
    department_ids: Departments = given("Whose people it is for; empty: everybody.", default=())
    publish_at: datetime | None = given("When it is to be published; absent: as soon as one publishes.", default=None)
    expires_at: datetime | None = given("When it goes out of force.", default=None)


@office.command(AUTHENTICATED, returns={"announcement": AnnouncementView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateAnnouncement(Command):
    """Change an announcement that is not published yet."""

    id: AnnouncementId = given("The announcement.")
    version: Version = given(VERSION_DOC)
    title: Title | UnsetType = given("Its title.", default=UNSET)
    body: Text | UnsetType = given("Its text.", default=UNSET)
    department_ids: Departments | UnsetType = given("Whose people it is for.", default=UNSET)
    publish_at: datetime | UnsetType | None = given("When it is to be published.", default=UNSET)
    expires_at: datetime | UnsetType | None = given("When it goes out of force.", default=UNSET)


@office.command(AUTHENTICATED, returns={"announcement": AnnouncementView})
@dataclass(frozen=True, slots=True, kw_only=True)
class PublishAnnouncement(Command):
    """Publish it: at once, or at its moment where that lies ahead. Those addressed are told, each once."""

    id: AnnouncementId = given("The announcement.")
    version: Version = given(VERSION_DOC)


@office.command(AUTHENTICATED, returns={"announcement": AnnouncementView})
@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawAnnouncement(Command):
    """Take it back: those addressed see it no longer."""

    id: AnnouncementId = given("The announcement.")
    version: Version = given(VERSION_DOC)


@office.command(AUTHENTICATED, returns={"announcement": AnnouncementView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAnnouncement(Command):
    """Note that one has read an announcement that is for oneself."""

    id: AnnouncementId = given("The announcement.")


@office.command(INTERNAL, returns={"loaded": int}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDemoOffice(Command):
    """Give a demo company columns, announcements and notes, if it has none yet."""

    employee_ids: tuple[EmployeeId, ...] = given("People who work there.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementEvent(Event):
    """What every event of an announcement tells."""

    announcement_id: UUID
    column_id: UUID
    title: str
    state: AnnouncementState


@office.event("announcement.created", subject="announcement_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementCreated(AnnouncementEvent):
    """An announcement was begun."""


@office.event("announcement.updated", subject="announcement_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementUpdated(AnnouncementEvent):
    """It was changed, or given a moment to be published at."""


@office.event("announcement.published", subject="announcement_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementPublished(AnnouncementEvent):
    """It is in force; so many were told."""

    addressees: int


@office.event("announcement.withdrawn", subject="announcement_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementWithdrawn(AnnouncementEvent):
    """It was taken back."""


@office.event("announcement.read", subject="announcement_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementRead(Event):
    """Somebody has read it."""

    announcement_id: UUID
    employee_id: UUID
