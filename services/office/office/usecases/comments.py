"""Commands about comments (OFC-22)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from crm_common.changes import Change, Usecase
from crm_common.errors import CommonRules
from crm_common.protocol.office.comments import (
    EDIT_MINUTES,
    AddComment,
    CommentAdded,
    CommentDeleted,
    CommentMessages,
    CommentRules,
    CommentUpdated,
    DeleteComment,
    UpdateComment,
)
from crm_common.protocol.office.message_kinds import MessageKind, Subject
from crm_common.sight import global_id
from office.domain import comment as domain
from office.domain.comment import Comment
from office.store import comments, people
from office.usecases.messages import tell


def add_comment(subject: Subject, seeing: Collection[UUID]) -> Usecase:
    """A comment on a record that the caller was found to see, as those in ``seeing`` do who may be told of it."""

    def run(change: Change, command: AddComment) -> dict[str, Any]:
        parent = _parent(change, command.parent_id, global_id(subject))
        mentioned = [each for each in dict.fromkeys(command.mention_ids) if each in seeing]
        made = Comment(
            id=change.new_id(),
            subject=global_id(subject),
            parent_id=command.parent_id,
            author_id=change.context.authenticated().id,
            body=domain.said(command.body),
            mention_ids=tuple(mentioned),
            created_at=change.now,
        )
        comments.insert(change.connection, made)
        change.record(CommentAdded(**_about(made), mention_ids=made.mention_ids))
        _tell(change, made, subject, CommentMessages.mentioned, mentioned)
        if parent is not None and parent.author_id in seeing and parent.author_id not in mentioned:
            _tell(change, made, subject, CommentMessages.answered, [parent.author_id])
        unseen = [each for each in dict.fromkeys(command.mention_ids) if each not in seeing]
        return {"comment": made.id, "unseen_ids": unseen}

    return run


def update_comment(change: Change, command: UpdateComment) -> dict[str, Any]:
    """Another text."""
    before = _own(change, command.id)
    after = domain.edited(before, command, change.now, change.settings.get(EDIT_MINUTES))
    comments.save(change.connection, after)
    change.record(CommentUpdated(**_about(after)))
    return {"comment": after.id}


def delete_comment(change: Change, command: DeleteComment) -> dict[str, Any]:
    """Its text is gone."""
    before = _own(change, command.id)
    after = domain.deleted(before, change.now)
    if after != before:
        comments.save(change.connection, after)
        change.record(CommentDeleted(**_about(after)))
    return {"comment": after.id}


def _parent(change: Change, parent_id: UUID | None, subject: str) -> Comment | None:
    if parent_id is None:
        return None
    parent = comments.locked(change.connection, parent_id)
    if parent is None:
        raise CommonRules.the_record_was_not_found(field="parent_id")
    domain.expect_thread(parent, subject)
    return parent


def _own(change: Change, comment_id: UUID) -> Comment:
    """One's own comment; the operation has found out that the caller sees what it is about."""
    found = comments.locked(change.connection, comment_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    if found.author_id != change.context.authenticated().id:
        raise CommentRules.a_comment_is_changed_by_its_author(field="id")
    return found


def _about(each: Comment) -> dict[str, Any]:
    return {
        "comment_id": each.id,
        "subject": each.subject,
        "author_id": each.author_id,
        "parent_id": each.parent_id,
    }


def _tell(change: Change, made: Comment, subject: Subject, kind: MessageKind, to: Sequence[UUID]) -> None:
    name = people.name_of(change.connection, made.author_id)
    others = [each for each in to if each != made.author_id]
    tell(change, to=others, kind=kind, about=subject, key=str(made.id), author=name, said=made.body)
