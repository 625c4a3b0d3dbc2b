"""Comments (OFC-22): what people say about a record of any service, and whom they mention; for who sees the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, Setting, given
from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Words
from crm_common.protocol.office.service import VERSION_DOC, EmployeeId, Version, office
from crm_common.protocol.office.tasks import About
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, child, shown

CommentId = Annotated[UUID, Ref("Comment")]
Said = Annotated[str, Meta(min_length=1, max_length=4000)]
EDIT_MINUTES = office.setting(
    Setting("comment.edit_minutes", int, 15, "Minutes for which a comment can be changed.", minimum=0, maximum=1440)
)
Mentions = Annotated[tuple[EmployeeId, ...], Meta(max_length=20)]


class CommentRules(Rules):
    """Refusals of comments."""

    a_comment_says_something = Rule(Code.VALIDATION, en="Say something.", zh="请填写评论内容。")
    a_comment_is_changed_by_its_author = Rule(
        Code.FORBIDDEN, en="Only its author may change a comment.", zh="只有作者本人可以修改评论。"
    )
    a_comment_is_changed_within_minutes = Rule(
        Code.BAD_STATE,
        en="A comment can be changed for {minutes} minutes.",
        zh="评论只能在发布后 {minutes} 分钟内修改。",
    )
    a_deleted_comment_stays_so = Rule(Code.BAD_STATE, en="The comment was deleted.", zh="评论已删除。")
    an_answer_is_about_the_same_record = Rule(
        Code.VALIDATION, en="That comment is about another record.", zh="所回复的评论不属于该记录。"
    )


class CommentMessages(MessageKinds):
    """What people are told of comments."""

    mentioned = MessageKind(
        label=Words("Where I am mentioned", "有人提到我"),
        title=Words("{author} mentioned you", "{author}提到了您"),
        text=Words("{said}", "{said}"),
    )
    answered = MessageKind(
        label=Words("Answers to my comments", "有人回复我的评论"),
        title=Words("{author} answered your comment", "{author}回复了您的评论"),
        text=Words("{said}", "{said}"),
    )


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class CommentView:
    """What somebody said about a record; seen by whoever sees the record."""

    id: UUID = shown("The id.", filterable=True)
    subject: str = shown("The global id of the record: ask node(id).")
    parent_id: CommentId | None = shown("The comment it answers; null: it begins a thread.", filterable=True)
    author_id: Annotated[UUID, Ref("Employee", record="author")] = shown("Who said it.", filterable=True)
    author_name: str | None = shown("His name, as this service knows it.")
    body: str = shown("What was said; empty when it was deleted.")
    mention_ids: list[Annotated[UUID, Ref("Employee", record="mentions")]] = shown("Who is mentioned and was told.")
    is_deleted: bool = shown("Whether its author deleted it; what answers it stays.", filterable=True)
    created_at: datetime = shown("When it was said.", filterable=True, sortable=True)
    edited_at: datetime | None = shown("When it was changed last.")
    version: int = shown("Counts its changes; send it back when editing.")
    answers: list[CommentView] = child("What answers it, earliest first.", limit=100)


@office.query(AUTHENTICATED, returns=CommentView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Comments(ListQuery):
    """What was said about a record, latest first; answers stand below what they answer."""

    subject: About = given("The global id of the record; one that you see.")


@office.query(AUTHENTICATED, returns=CommentView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentsByIds(GetQuery):
    """Comments by id, on records that the viewer sees."""


@office.command(AUTHENTICATED, returns={"comment": CommentView, "unseen_ids": list[EmployeeId]})
@dataclass(frozen=True, slots=True, kw_only=True)
class AddComment(Command):
    """Say something about a record that you see. Mentioned people are told, unless they do not see the record."""

    subject: About = given("The global id of the record.")
    body: Said = given("What is said.")
    parent_id: CommentId | None = given("The comment it answers.", default=None)
    mention_ids: Mentions = given("Who is mentioned; unseenIds answers who does not see the record.", default=())


@office.command(AUTHENTICATED, returns={"comment": CommentView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateComment(Command):
    """Change what one said, within 15 minutes."""

    id: CommentId = given("The comment.")
    version: Version = given(VERSION_DOC)
    body: Said = given("What is said instead.")


@office.command(AUTHENTICATED, returns={"comment": CommentView})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteComment(Command):
    """Take back what one said: its text is gone, what answers it stays."""

    id: CommentId = given("The comment.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentEvent(Event):
    """What every event of a comment tells: about what, by whom; not what was said."""

    comment_id: UUID
    subject: str
    author_id: UUID
    parent_id: UUID | None


@office.event("comment.added", subject="comment_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentAdded(CommentEvent):
    """Somebody said something about a record."""

    mention_ids: tuple[UUID, ...]


@office.event("comment.updated", subject="comment_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentUpdated(CommentEvent):
    """Somebody changed what he had said."""


@office.event("comment.deleted", subject="comment_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentDeleted(CommentEvent):
    """Somebody took back what he had said."""
