"""Items: a sample that the first real room replaces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.documents.service import documents
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, shown

VIEW = documents.permission("documents.view", en="See items of documents", zh="查看 documents 条目")
EDIT = documents.permission("documents.edit", en="Edit items of documents", zh="编辑 documents 条目")

Name = Annotated[str, Meta(min_length=1, max_length=100)]
ItemId = Annotated[UUID, Ref("DocumentsItem")]


class DocumentsRules(Rules):
    """What documents refuses."""

    a_documents_item_has_a_name = Rule(Code.VALIDATION, en="Give a name.", zh="请填写名称。")


@documents.view(needs(VIEW, EDIT))
@dataclass(slots=True, kw_only=True)
class DocumentsItemView:
    """An item: whose items one sees is the data scope of documents."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("What it is called.", filterable=True, sortable=True)
    owner_id: Annotated[UUID, Ref("Employee")] | None = shown("Whose it is.", filterable=True)
    owner_name: str | None = shown("His name, as this service knows it.")
    created_at: datetime = shown("When it was created.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@documents.query(needs(VIEW, EDIT), returns=DocumentsItemView)
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsItems(ListQuery):
    """Items in the viewer's data scope, latest first."""


@documents.query(needs(VIEW, EDIT), returns=DocumentsItemView)
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsItemsByIds(GetQuery):
    """Items by id."""


@documents.command(needs(EDIT), returns={"item": DocumentsItemView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDocumentsItem(Command):
    """Create an item of one's own."""

    name: Name = given("What it is called.")


@documents.command(needs(EDIT), returns={"item": DocumentsItemView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RenameDocumentsItem(Command):
    """Call an item something else."""

    id: ItemId = given("The item.")
    version: Annotated[int, Meta(ge=1)] = given("The version the editor saw; when the record has moved on: CONFLICT.")
    name: Name = given("What it is called.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsItemEvent(Event):
    """What every event of an item tells."""

    item_id: UUID
    changes: Changes


@documents.event("documents_item.created", subject="item_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsItemCreated(DocumentsItemEvent):
    """An item was created."""


@documents.event("documents_item.renamed", subject="item_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsItemRenamed(DocumentsItemEvent):
    """An item is called something else."""
