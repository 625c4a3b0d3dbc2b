"""Commands about memos (OFC-11)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.protocol.office.memos import (
    CreateMemo,
    DeleteMemo,
    MemoCreated,
    MemoDeleted,
    MemoUpdated,
    UpdateMemo,
)
from office.domain import memo
from office.domain.memo import Memo
from office.store import memos


def create_memo(change: Change, command: CreateMemo) -> dict[str, Any]:
    """A memo of the caller's."""
    owner_id = change.context.authenticated().id
    title = memo.titled(command.title)
    made = Memo(id=change.new_id(), owner_id=owner_id, title=title, body=command.body, version=1)
    memos.insert(change.connection, made, change.now)
    change.record(MemoCreated(memo_id=made.id, owner_id=owner_id))
    return {"memo": made.id}


def update_memo(change: Change, command: UpdateMemo) -> dict[str, Any]:
    """Another title or text."""
    before = _own(change, command.id)
    after = memo.update(before, command)
    if after != before:
        memos.save(change.connection, after, change.now)
        change.record(MemoUpdated(memo_id=after.id, owner_id=after.owner_id))
    return {"memo": after.id}


def delete_memo(change: Change, command: DeleteMemo) -> dict[str, Any]:
    """The memo is gone."""
    gone = _own(change, command.id)
    memos.delete(change.connection, gone.id)
    change.record(MemoDeleted(memo_id=gone.id, owner_id=gone.owner_id))
    return {"deleted_id": gone.id}


def _own(change: Change, memo_id: UUID) -> Memo:
    found = memos.locked(change.connection, memo_id)
    if found is None or found.owner_id != change.context.authenticated().id:
        raise CommonRules.the_record_was_not_found(field="id")
    return found
