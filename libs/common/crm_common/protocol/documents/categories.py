"""The tree of categories (DOC-06): files lie in one of them, or in none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.documents.service import VERSION_DOC, CategoryId, Version, documents
from crm_common.protocol.policy import needs
from crm_common.protocol.views import shown

EDIT = needs("doc.category")
SEE_TREE = needs("doc.view", "doc.upload", "doc.category")
Name = Annotated[str, Meta(min_length=1, max_length=100)]
MOST_LEVELS = 8


class CategoryRules(Rules):
    """Refusals of categories."""

    a_category_has_a_name = Rule(Code.VALIDATION, en="Give the category a name.", zh="请填写分类名称。")
    a_category_of_that_name_is_there = Rule(
        Code.DUPLICATE, en="There is a category of that name already.", zh="同级下已有同名分类。"
    )
    a_category_does_not_move_below_itself = Rule(
        Code.VALIDATION, en="A category cannot lie below itself.", zh="分类不能移动到自身之下。"
    )
    categories_are_not_so_deep = Rule(
        Code.LIMIT_EXCEEDED, en="Categories have at most {limit} levels.", zh="分类最多 {limit} 级。"
    )
    a_category_with_content_is_not_deleted = Rule(
        Code.BAD_STATE,
        en="The category holds files or categories; move them first.",
        zh="该分类下还有文件或子分类，请先移走。",
    )


@documents.view(SEE_TREE)
@dataclass(slots=True, kw_only=True)
class DocumentCategoryView:
    """A category of files."""

    id: UUID = shown("The id.", filterable=True)
    parent_id: CategoryId | None = shown("The category above it; null at the top.", filterable=True)
    name: str = shown("Its name.", filterable=True, sortable=True)
    rank: int = shown("Its place among its neighbours.", sortable=True)
    document_count: int = shown("Published files that lie right in it.")
    created_at: datetime = shown("When it was made.", sortable=True)
    updated_at: datetime = shown("When it was changed last.")
    version: int = shown("Counts its changes; send it back when editing.")


@documents.query(SEE_TREE, returns=DocumentCategoryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCategories(ListQuery):
    """The categories, by rank and name; ask for those of one level by parentId."""


@documents.query(SEE_TREE, returns=DocumentCategoryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCategoriesByIds(GetQuery):
    """Categories by id."""


@documents.command(EDIT, returns={"category": DocumentCategoryView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDocumentCategory(Command):
    """Make a category."""

    name: Name = given("Its name, unique beside its neighbours.")
    parent_id: CategoryId | None = given("The category above it.", default=None)
    rank: int = given("Its place among its neighbours.", default=0)


@documents.command(EDIT, returns={"category": DocumentCategoryView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateDocumentCategory(Command):
    """Call a category something else, or move it with everything in it."""

    id: CategoryId = given("The category.")
    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("Its name.", default=UNSET)
    parent_id: CategoryId | UnsetType | None = given("The category above it; null: the top.", default=UNSET)
    rank: int | UnsetType = given("Its place among its neighbours.", default=UNSET)


@documents.command(EDIT, returns={"deleted": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteDocumentCategory(Command):
    """Remove a category in which nothing lies."""

    id: CategoryId = given("The category.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryEvent(Event):
    """What every event of a category tells."""

    category_id: UUID
    name: str
    changes: Changes


@documents.event("document_category.created", subject="category_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryCreated(CategoryEvent):
    """A category was made."""


@documents.event("document_category.updated", subject="category_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryUpdated(CategoryEvent):
    """A category was renamed or moved."""


@documents.event("document_category.deleted", subject="category_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryDeleted(CategoryEvent):
    """A category is gone."""
