"""Columns (栏目) of announcements (OFC-08): a tree, each with those who publish in it and those who manage it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.service import VERSION_DOC, DepartmentId, EmployeeId, Title, Version, office
from crm_common.protocol.policy import AUTHENTICATED, needs
from crm_common.protocol.views import Ref, shown

EDIT = needs("announcement.edit")
ColumnId = Annotated[UUID, Ref("AnnouncementColumn")]
People = Annotated[tuple[EmployeeId, ...], Meta(max_length=200)]
Departments = Annotated[tuple[DepartmentId, ...], Meta(max_length=200)]


class ColumnTemplate(StrEnum):
    """How the announcements of a column are displayed."""

    LIST = "LIST"
    """Titles with their dates: announcements."""
    CARDS = "CARDS"
    """Titles with the beginning of the text: news."""
    DOCUMENT = "DOCUMENT"
    """The whole text of the latest: rules."""


class ColumnRules(Rules):
    """Refusals of columns."""

    a_column_has_a_name = Rule(Code.VALIDATION, en="Give the column a name.", zh="请填写栏目名称。")
    a_column_has_a_manager = Rule(Code.VALIDATION, en="Name at least one manager.", zh="请至少指定一名栏目管理员。")
    a_column_cannot_move_below_itself = Rule(
        Code.VALIDATION, en="A column cannot stand below itself.", zh="栏目不能移动到自身或其下级之下。"
    )


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class AnnouncementColumnView:
    """A column of announcements."""

    id: UUID = shown("The id.")
    parent_id: ColumnId | None = shown("The column above it; null at the top.", filterable=True)
    name: str = shown("Its name.", filterable=True, sortable=True)
    template: ColumnTemplate = shown("How its announcements are displayed.", filterable=True)
    rank: int = shown("Its place among its siblings.", sortable=True)
    publisher_ids: list[EmployeeId] = shown("Who publishes in it.")
    publisher_department_ids: list[DepartmentId] = shown("Whose people publish in it, those of sub-departments too.")
    manager_ids: list[EmployeeId] = shown("Who manages its announcements, whoever wrote them.")
    created_at: datetime = shown("When it was created.")
    updated_at: datetime = shown("When it was changed last.")
    version: int = shown("Counts its changes; send it back when editing.")


@office.query(AUTHENTICATED, returns=AnnouncementColumnView)
@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementColumns(ListQuery):
    """Columns of announcements, in their order."""


@office.query(AUTHENTICATED, returns=AnnouncementColumnView)
@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementColumnsByIds(GetQuery):
    """Columns by id."""


@office.command(EDIT, returns={"column": AnnouncementColumnView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAnnouncementColumn(Command):
    """Create a column. Where no publishers are named, everybody with announcement.publish publishes in it."""

    name: Title = given("Its name.")
    parent_id: ColumnId | None = given("The column above it.", default=None)
    template: ColumnTemplate = given("How its announcements are displayed.", default=ColumnTemplate.LIST)
    rank: int = given("Its place among its siblings.", default=0)
    publisher_ids: People = given("Who publishes in it.", default=())
    publisher_department_ids: Departments = given("Whose people publish in it.", default=())
    manager_ids: People = given("Who manages its announcements; absent: whoever creates it.", default=())


@office.command(EDIT, returns={"column": AnnouncementColumnView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateAnnouncementColumn(Command):
    """Change a column, its place or its rights."""

    id: ColumnId = given("The column.")
    version: Version = given(VERSION_DOC)
    name: Title | UnsetType = given("Its name.", default=UNSET)
    parent_id: ColumnId | UnsetType | None = given("The column above it.", default=UNSET)
    template: ColumnTemplate | UnsetType = given("How its announcements are displayed.", default=UNSET)
    rank: int | UnsetType = given("Its place among its siblings.", default=UNSET)
    publisher_ids: People | UnsetType = given("Who publishes in it.", default=UNSET)
    publisher_department_ids: Departments | UnsetType = given("Whose people publish in it.", default=UNSET)
    manager_ids: People | UnsetType = given("Who manages its announcements.", default=UNSET)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnEvent(Event):
    """What every event of a column tells."""

    column_id: UUID
    name: str
    changes: Changes


@office.event("announcement_column.created", subject="column_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnCreated(ColumnEvent):
    """A column was created."""


@office.event("announcement_column.updated", subject="column_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnUpdated(ColumnEvent):
    """A column, or who may do what in it, was changed."""
