"""A category of files and its place in the tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.protocol.documents.categories import MOST_LEVELS, CategoryRules, UpdateDocumentCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category as its row keeps it."""

    id: UUID
    parent_id: UUID | None
    name: str
    rank: int
    version: int = 1


def checked(category: Category, above: Sequence[UUID], depth: int) -> Category:
    """The category with a clean name; refused below itself or too deep. ``depth``: levels from it downwards."""
    name = category.name.strip()
    if not name:
        raise CategoryRules.a_category_has_a_name(field="name")
    if category.id in above:
        raise CategoryRules.a_category_does_not_move_below_itself(field="parent_id")
    if len(above) + depth > MOST_LEVELS:
        raise CategoryRules.categories_are_not_so_deep(field="parent_id", limit=MOST_LEVELS)
    return replace(category, name=name)


def updated(before: Category, command: UpdateDocumentCategory) -> Category:
    """The category as the command wants it; still to be checked."""
    expect_version(before.version, command.version)
    after = replace(
        before,
        name=chosen(command.name, before.name),
        parent_id=chosen(command.parent_id, before.parent_id),
        rank=chosen(command.rank, before.rank),
    )
    return before if after == before else replace(after, version=before.version + 1)
