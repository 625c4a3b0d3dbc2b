"""A memo and its changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.protocol.office.memos import MemoRules, UpdateMemo


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """A memo as it stands."""

    id: UUID
    owner_id: UUID
    title: str
    body: str
    version: int


def titled(title: str) -> str:
    """The title without outer blanks; one of blanks only is refused."""
    if not title.strip():
        raise MemoRules.a_memo_has_a_title(field="title")
    return title.strip()


def update(before: Memo, command: UpdateMemo) -> Memo:
    """The memo after the command; the same one where nothing changes."""
    expect_version(before.version, command.version)
    title = titled(chosen(command.title, before.title))
    after = replace(before, title=title, body=chosen(command.body, before.body))
    return before if after == before else replace(after, version=before.version + 1)
