"""Memos (记事录, OFC-11): what somebody writes down for himself; nobody else reads it, whatever his rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.service import VERSION_DOC, Text, Title, Version, office
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, shown

MemoId = Annotated[UUID, Ref("Memo")]


class MemoRules(Rules):
    """Refusals of memos."""

    a_memo_has_a_title = Rule(Code.VALIDATION, en="Give the memo a title.", zh="请填写记事标题。")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class MemoView:
    """A memo of the viewer's."""

    id: UUID = shown("The id.")
    title: str = shown("Its title.", filterable=True, sortable=True)
    body: str = shown("Its text.", filterable=True)
    created_at: datetime = shown("When it was written.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was changed last.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@office.query(AUTHENTICATED, returns=MemoView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Memos(ListQuery):
    """The viewer's memos, latest first."""


@office.query(AUTHENTICATED, returns=MemoView)
@dataclass(frozen=True, slots=True, kw_only=True)
class MemosByIds(GetQuery):
    """The viewer's memos by id."""


@office.command(AUTHENTICATED, returns={"memo": MemoView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateMemo(Command):
    """Write something down for oneself."""

    title: Title = given("Its title.")
    body: Text = given("Its text.", default="")


@office.command(AUTHENTICATED, returns={"memo": MemoView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateMemo(Command):
    """Change one's memo."""

    id: MemoId = given("The memo.")
    version: Version = given(VERSION_DOC)
    title: Title | UnsetType = given("Its title.", default=UNSET)
    body: Text | UnsetType = given("Its text.", default=UNSET)


@office.command(AUTHENTICATED, returns={"deleted_id": MemoId})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteMemo(Command):
    """Throw one's memo away."""

    id: MemoId = given("The memo.")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoEvent(Event):
    """What every event of a memo tells: whose it is, and nothing of what it says."""

    memo_id: UUID
    owner_id: UUID


@office.event("memo.created", subject="memo_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class MemoCreated(MemoEvent):
    """A memo was written."""


@office.event("memo.updated", subject="memo_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class MemoUpdated(MemoEvent):
    """A memo was changed."""


@office.event("memo.deleted", subject="memo_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class MemoDeleted(MemoEvent):
    """A memo was thrown away."""
