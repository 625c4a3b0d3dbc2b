"""Commands about categories (DOC-06)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.protocol.documents.categories import (
    CategoryCreated,
    CategoryDeleted,
    CategoryRules,
    CategoryUpdated,
    CreateDocumentCategory,
    DeleteDocumentCategory,
    UpdateDocumentCategory,
)
from documents.domain import category as domain
from documents.domain.category import Category
from documents.store import categories as store


def create_category(change: Change, command: CreateDocumentCategory) -> dict[str, Any]:
    """A new one."""
    store.lock_tree(change.connection)
    begun = Category(id=change.new_id(), parent_id=command.parent_id, name=command.name, rank=command.rank)
    made = _checked(change, begun, depth=1)
    store.insert(change.connection, made, change.now)
    change.record(CategoryCreated(category_id=made.id, name=made.name, changes=difference(None, made)))
    return {"category": made.id}


def update_category(change: Change, command: UpdateDocumentCategory) -> dict[str, Any]:
    """Another name or place."""
    store.lock_tree(change.connection)
    before = _found(change, command.id)
    wanted = domain.updated(before, command)
    after = _checked(change, wanted, depth=store.depth(change.connection, before.id))
    if after != before:
        store.save(change.connection, after, change.now)
        change.record(CategoryUpdated(category_id=after.id, name=after.name, changes=difference(before, after)))
    return {"category": after.id}


def delete_category(change: Change, command: DeleteDocumentCategory) -> dict[str, Any]:
    """It is gone, if nothing lies in it."""
    store.lock_tree(change.connection)
    before = _found(change, command.id)
    if store.is_filled(change.connection, before.id):
        raise CategoryRules.a_category_with_content_is_not_deleted(field="id")
    store.delete(change.connection, before.id)
    change.record(CategoryDeleted(category_id=before.id, name=before.name, changes=difference(before, None)))
    return {"deleted": True}


def _found(change: Change, category_id: UUID) -> Category:
    found = store.get(change.connection, category_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    return found


def _checked(change: Change, category: Category, *, depth: int) -> Category:
    above = [] if category.parent_id is None else store.above(change.connection, category.parent_id)
    if category.parent_id is not None and not above:
        raise CommonRules.the_record_was_not_found(field="parent_id")
    checked = domain.checked(category, above, depth)
    if store.is_named_alike(change.connection, checked):
        raise CategoryRules.a_category_of_that_name_is_there(field="name")
    return checked
