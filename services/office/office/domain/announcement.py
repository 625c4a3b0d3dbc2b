"""Columns and announcements: who publishes where, and what may become of an announcement when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.protocol.office.announcement_columns import ColumnRules, ColumnTemplate, UpdateAnnouncementColumn
from crm_common.protocol.office.announcements import AnnouncementRules, AnnouncementState, UpdateAnnouncement

State = AnnouncementState


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column as it stands."""

    id: UUID
    parent_id: UUID | None
    name: str
    template: ColumnTemplate
    rank: int
    publisher_ids: tuple[UUID, ...]
    publisher_department_ids: tuple[UUID, ...]
    manager_ids: tuple[UUID, ...]
    version: int

    def managed_by(self, employee_id: UUID) -> bool:
        """Whether he looks after all announcements in it."""
        return employee_id in self.manager_ids

    def open_to(self, employee_id: UUID, departments: Collection[UUID], *, key: bool) -> bool:
        """Whether he publishes in it: he or a department he is below is named, or nobody is and he has the key."""
        if self.managed_by(employee_id) or employee_id in self.publisher_ids:
            return True
        if not (self.publisher_ids or self.publisher_department_ids):
            return key
        return not set(departments).isdisjoint(self.publisher_department_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """An announcement as it stands."""

    id: UUID
    column_id: UUID
    title: str
    body: str
    state: State
    author_id: UUID
    department_ids: tuple[UUID, ...]
    publish_at: datetime | None
    published_at: datetime | None
    expires_at: datetime | None
    version: int


def checked_column(column: Column, above: Collection[UUID]) -> Column:
    """The column, if it has what a column needs; ``above`` are its new parent and everything above that."""
    if not column.name.strip():
        raise ColumnRules.a_column_has_a_name(field="name")
    if not column.manager_ids:
        raise ColumnRules.a_column_has_a_manager(field="manager_ids")
    if column.id in above:
        raise ColumnRules.a_column_cannot_move_below_itself(field="parent_id")
    return replace(column, name=column.name.strip())


def updated_column(before: Column, command: UpdateAnnouncementColumn) -> Column:
    """The column after the command, not checked yet."""
    expect_version(before.version, command.version)
    names = ("name", "parent_id", "template", "rank", "publisher_ids", "publisher_department_ids", "manager_ids")
    given: dict[str, Any] = {name: chosen(getattr(command, name), getattr(before, name)) for name in names}
    after = replace(before, **given)
    return before if after == before else replace(after, version=before.version + 1)


def checked(announcement: Announcement, now: datetime) -> Announcement:
    """The announcement, if it has what one needs."""
    if not announcement.title.strip():
        raise AnnouncementRules.an_announcement_has_a_title(field="title")
    begins = max(announcement.publish_at or now, now)
    if announcement.expires_at is not None and announcement.expires_at <= begins:
        raise AnnouncementRules.an_announcement_expires_after_it_is_published(field="expires_at")
    return replace(announcement, title=announcement.title.strip())


def updated(before: Announcement, command: UpdateAnnouncement, now: datetime) -> Announcement:
    """The announcement after the command; only before it is published. One that waited is a draft again."""
    if before.state not in (State.DRAFT, State.SCHEDULED):
        raise AnnouncementRules.only_a_draft_is_edited(field="id")
    expect_version(before.version, command.version)
    names = ("title", "body", "department_ids", "publish_at", "expires_at")
    given: dict[str, Any] = {name: chosen(getattr(command, name), getattr(before, name)) for name in names}
    after = checked(replace(before, **given), now)
    return before if after == before else replace(after, state=State.DRAFT, version=before.version + 1)


def published(before: Announcement, now: datetime) -> Announcement:
    """In force from now on, or waiting where its moment lies ahead."""
    if before.state not in (State.DRAFT, State.SCHEDULED):
        raise AnnouncementRules.only_a_draft_is_edited(field="id")
    checked(before, now)
    if before.publish_at is not None and before.publish_at > now:
        return replace(before, state=State.SCHEDULED, version=before.version + 1)
    return replace(before, state=State.PUBLISHED, published_at=now, version=before.version + 1)


def withdrawn(before: Announcement) -> Announcement:
    """Taken back."""
    if before.state not in (State.SCHEDULED, State.PUBLISHED):
        raise AnnouncementRules.only_what_waits_or_stands_is_withdrawn(field="id")
    return replace(before, state=State.WITHDRAWN, version=before.version + 1)
