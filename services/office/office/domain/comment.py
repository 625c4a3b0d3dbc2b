"""A comment and its changes (OFC-22)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from crm_common.editing import expect_version
from crm_common.protocol.office.comments import CommentRules, UpdateComment


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment as its row keeps it; ``subject`` is the record's global id."""

    id: UUID
    subject: str
    parent_id: UUID | None
    author_id: UUID
    body: str
    mention_ids: tuple[UUID, ...]
    is_deleted: bool = False
    created_at: datetime
    edited_at: datetime | None = None
    version: int = 1


def said(body: str) -> str:
    """The text without outer blanks; one of blanks only is refused."""
    if not body.strip():
        raise CommentRules.a_comment_says_something(field="body")
    return body.strip()


def expect_thread(parent: Comment, subject: str) -> None:
    """An answer is about the record of what it answers, which still stands."""
    if parent.subject != subject:
        raise CommentRules.an_answer_is_about_the_same_record(field="parent_id")
    if parent.is_deleted:
        raise CommentRules.a_deleted_comment_stays_so(field="parent_id")


def edited(before: Comment, command: UpdateComment, now: datetime, minutes: int) -> Comment:
    """The comment with another text; refused when it has stood for too long."""
    if before.is_deleted:
        raise CommentRules.a_deleted_comment_stays_so(field="id")
    if now - before.created_at > timedelta(minutes=minutes):
        raise CommentRules.a_comment_is_changed_within_minutes(field="id", minutes=minutes)
    expect_version(before.version, command.version)
    return replace(before, body=said(command.body), edited_at=now, version=before.version + 1)


def deleted(before: Comment, now: datetime) -> Comment:
    """The comment without its text; the same one where it is gone already."""
    if before.is_deleted:
        return before
    return replace(before, body="", mention_ids=(), is_deleted=True, edited_at=now, version=before.version + 1)
