"""Commands about columns and announcements, and their moments (OFC-08, 09)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.editing import difference, expect_version
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.protocol.office.announcement_columns import (
    ColumnCreated,
    ColumnUpdated,
    CreateAnnouncementColumn,
    UpdateAnnouncementColumn,
)
from crm_common.protocol.office.announcements import (
    AnnouncementCreated,
    AnnouncementMessages,
    AnnouncementPublished,
    AnnouncementRead,
    AnnouncementRules,
    AnnouncementState,
    AnnouncementUpdated,
    AnnouncementWithdrawn,
    CreateAnnouncement,
    PublishAnnouncement,
    ReadAnnouncement,
    UpdateAnnouncement,
    WithdrawAnnouncement,
)
from crm_common.protocol.office.message_kinds import Subject
from office.domain import announcement as domain
from office.domain.announcement import Announcement, Column
from office.store import announcements as store
from office.usecases.messages import settle, tell

PUBLISH = "announcement.publish"


def create_column(change: Change, command: CreateAnnouncementColumn) -> dict[str, Any]:
    """A new column; whoever creates it manages it unless others are named."""
    store.lock_columns(change.connection)
    column = Column(
        id=change.new_id(),
        parent_id=command.parent_id,
        name=command.name,
        template=command.template,
        rank=command.rank,
        publisher_ids=command.publisher_ids,
        publisher_department_ids=command.publisher_department_ids,
        manager_ids=command.manager_ids or (change.context.authenticated().id,),
        version=1,
    )
    made = _checked(change, column)
    store.save_column(change.connection, made, change.now)
    change.record(ColumnCreated(column_id=made.id, name=made.name, changes=difference(None, made)))
    return {"column": made.id}


def update_column(change: Change, command: UpdateAnnouncementColumn) -> dict[str, Any]:
    """Another name, place or other rights."""
    store.lock_columns(change.connection)
    before = store.column(change.connection, command.id)
    if before is None:
        raise CommonRules.the_record_was_not_found(field="id")
    after = _checked(change, domain.updated_column(before, command))
    if after != before:
        store.save_column(change.connection, after, change.now)
        change.record(ColumnUpdated(column_id=after.id, name=after.name, changes=difference(before, after)))
    return {"column": after.id}


def create_announcement(change: Change, command: CreateAnnouncement) -> dict[str, Any]:
    """A draft."""
    _expect_open(change, command.column_id, field="column_id")
    begun = Announcement(
        id=change.new_id(),
        column_id=command.column_id,
        title=command.title,
        body=command.body,
        state=AnnouncementState.DRAFT,
        author_id=change.context.authenticated().id,
        department_ids=command.department_ids,
        publish_at=command.publish_at,
        published_at=None,
        expires_at=command.expires_at,
        version=1,
    )
    made = domain.checked(begun, change.now)
    store.save(change.connection, made, change.now)
    change.record(AnnouncementCreated(**_told(made)))
    return {"announcement": made.id}


def update_announcement(change: Change, command: UpdateAnnouncement) -> dict[str, Any]:
    """Another text, other people, another moment."""
    before = _own(change, command.id)
    after = domain.updated(before, command, change.now)
    if after != before:
        store.save(change.connection, after, change.now)
        change.record(AnnouncementUpdated(**_told(after)))
    return {"announcement": after.id}


def publish_announcement(change: Change, command: PublishAnnouncement) -> dict[str, Any]:
    """It is in force, or waits for its moment."""
    before = _own(change, command.id)
    expect_version(before.version, command.version)
    _expect_open(change, before.column_id, field="id")
    _publish(change, before)
    return {"announcement": before.id}


def withdraw_announcement(change: Change, command: WithdrawAnnouncement) -> dict[str, Any]:
    """It is taken back."""
    before = _own(change, command.id)
    expect_version(before.version, command.version)
    after = domain.withdrawn(before)
    store.save(change.connection, after, change.now)
    change.record(AnnouncementWithdrawn(**_told(after)))
    return {"announcement": after.id}


def read_announcement(change: Change, command: ReadAnnouncement) -> dict[str, Any]:
    """The caller, to whom it is addressed, has read it."""
    me = change.context.authenticated().id
    found = store.locked(change.connection, command.id)
    in_force = found is not None and found.state is AnnouncementState.PUBLISHED
    if found is None or not in_force or me not in (*store.addressees(change.connection, found), found.author_id):
        raise CommonRules.the_record_was_not_found(field="id")
    if store.note_reading(change.connection, change.new_id(), found.id, me, change.now):
        change.record(AnnouncementRead(announcement_id=found.id, employee_id=me))
        settle(change, me, AnnouncementMessages.announcement_published, [str(found.id)])
    return {"announcement": found.id}


def publish_due(run: JobRun) -> None:
    """Those whose moment has come are in force, each in a transaction of its own with what its addressees are told."""
    run.report["published"] = 0
    while True:
        with run.change() as change:
            due = store.due(change.connection, run.now)
            if due is not None:
                _publish(change, due)
        if due is None:
            return
        run.report["published"] += 1
        if run.dry_run:
            return


def _publish(change: Change, before: Announcement) -> None:
    after = domain.published(before, change.now)
    store.save(change.connection, after, change.now)
    if after.state is AnnouncementState.SCHEDULED:
        change.record(AnnouncementUpdated(**_told(after)))
        return
    people = store.addressees(change.connection, after)
    store.note_addressees(change.connection, after.id, len(people))
    change.record(AnnouncementPublished(**_told(after), addressees=len(people)))
    column = store.column(change.connection, after.column_id)
    assert column is not None
    kind, about = AnnouncementMessages.announcement_published, Subject("Announcement", after.id)
    tell(change, to=people, kind=kind, about=about, key=str(after.id), column=column.name, title=after.title)


def _told(of: Announcement) -> dict[str, Any]:
    return {"announcement_id": of.id, "column_id": of.column_id, "title": of.title, "state": of.state}


def _checked(change: Change, column: Column) -> Column:
    above = [] if column.parent_id is None else store.above(change.connection, column.parent_id)
    if column.parent_id is not None and not above:
        raise CommonRules.the_record_was_not_found(field="parent_id")
    return domain.checked_column(column, above)


def _expect_open(change: Change, column_id: UUID, *, field: str) -> None:
    """The caller publishes in the column; else ``FORBIDDEN``."""
    actor = change.context.authenticated()
    column = store.column(change.connection, column_id)
    if column is None:
        raise CommonRules.the_record_was_not_found(field=field)
    departments = store.departments_above(change.connection, actor.id)
    if not column.open_to(actor.id, departments, key=actor.may(PUBLISH)):
        raise AnnouncementRules.you_do_not_publish_in_this_column(field=field)


def _own(change: Change, announcement_id: UUID) -> Announcement:
    """An announcement that the caller wrote, or whose column he manages."""
    me = change.context.authenticated().id
    found = store.locked(change.connection, announcement_id)
    column = None if found is None else store.column(change.connection, found.column_id)
    if found is None or column is None or not (found.author_id == me or column.managed_by(me)):
        raise CommonRules.the_record_was_not_found(field="id")
    return found
