"""What people of the demo company find in their office: announcements, notes, reminders of what is due."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.editing import difference
from crm_common.protocol.office.announcement_columns import ColumnCreated, ColumnTemplate
from crm_common.protocol.office.announcements import (
    AnnouncementCreated,
    AnnouncementMessages,
    AnnouncementPublished,
    AnnouncementState,
    LoadDemoOffice,
)
from crm_common.protocol.office.message_kinds import Subject
from crm_common.protocol.office.notes import NoteLeft, NoteMessages
from office.domain.announcement import Announcement, Column
from office.store import announcements, notes
from office.store.notes import Note
from office.usecases.messages import tell

_COLUMNS = (
    ("公司新闻", ColumnTemplate.CARDS),
    ("通知公告", ColumnTemplate.LIST),
    ("规章制度", ColumnTemplate.DOCUMENT),
)
_ANNOUNCEMENTS: tuple[tuple[int, int, str, str], ...] = (
    (0, 12, "公司与远望集团签署战略合作协议", "双方将在精密机械与新能源领域开展长期合作，感谢销售一部的努力。"),
    (0, 3, "第四季度销售竞赛启动", "即日起至年底，按新签合同额评选前三名，奖励办法见附件。"),
    (1, 5, "关于办公楼消防演练的通知", "本周五下午三点进行消防演练，请各部门安排人员参加。"),
    (1, 1, "公海客户领取规则调整", "每人每次最多领取十位客户，超过九十天未跟进的客户将自动回收。"),
    (2, 40, "客户信息保密制度", "不得将客户联系方式带离系统；离职时客户由上级统一转移。"),
    (2, 30, "差旅报销制度", "出差须事先申请，返回后十个工作日内报销。"),
)
_NOTES = ("周三的评审会改到下午三点。", "样品已寄出，请跟进客户反馈。", "合同模板已更新，在文档库里。")


def load(change: Change, command: LoadDemoOffice) -> dict[str, Any]:
    """Enter them, in the name of the people given, if there is no column yet."""
    people = list(command.employee_ids)
    announcements.lock_columns(change.connection)
    there = change.connection.exec_driver_sql("SELECT EXISTS (SELECT FROM announcement_column)").scalar_one()
    if len(people) < 2 or there:
        return {"loaded": 0}
    columns = [_column(change, people[0], rank) for rank in range(len(_COLUMNS))]
    for told in _ANNOUNCEMENTS:
        _announce(change, columns[told[0]], people, told)
    for place, text in enumerate(_NOTES):
        _note(change, people[(place + 1) % len(people)], people[place % len(people)], text)
    return {"loaded": len(_ANNOUNCEMENTS) + len(_NOTES)}


def _column(change: Change, manager: UUID, rank: int) -> Column:
    name, template = _COLUMNS[rank]
    made = Column(
        id=change.new_id(), parent_id=None, name=name, template=template, rank=rank, publisher_ids=(),
        publisher_department_ids=(), manager_ids=(manager,), version=1,
    )  # fmt: skip
    announcements.save_column(change.connection, made, change.now)
    change.record(ColumnCreated(column_id=made.id, name=name, changes=difference(None, made)))
    return made


def _announce(change: Change, column: Column, people: list[UUID], told: tuple[int, int, str, str]) -> None:
    _, days, title, body = told
    made = Announcement(
        id=change.new_id(), column_id=column.id, title=title, body=body, state=AnnouncementState.PUBLISHED,
        author_id=people[0], department_ids=(), publish_at=None, published_at=change.now - timedelta(days=days),
        expires_at=None, version=1,
    )  # fmt: skip
    announcements.save(change.connection, made, change.now)
    announcements.note_addressees(change.connection, made.id, len(people) - 1)
    about: dict[str, Any] = {"announcement_id": made.id, "column_id": column.id, "title": title, "state": made.state}
    change.record(AnnouncementCreated(**about), AnnouncementPublished(**about, addressees=len(people) - 1))
    kind, leads_to = AnnouncementMessages.announcement_published, Subject("Announcement", made.id)
    tell(change, to=people[1:], kind=kind, about=leads_to, key=str(made.id), column=column.name, title=title)


def _note(change: Change, author: UUID, to: UUID, text: str) -> None:
    left = Note(id=change.new_id(), from_id=author, to_id=to, read_at=None)
    notes.insert(change.connection, [left], text, change.now)
    change.record(NoteLeft(note_id=left.id, from_id=author, to_id=to))
    about = Subject("Note", left.id)
    tell(change, to=[to], kind=NoteMessages.note_left, about=about, key=str(left.id), name="同事")
