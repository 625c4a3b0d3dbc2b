"""Items: a sample that the first real room replaces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.service import sales
from crm_common.protocol.views import Ref, shown

VIEW = sales.permission("sales.view", en="See items of sales", zh="查看 sales 条目")
EDIT = sales.permission("sales.edit", en="Edit items of sales", zh="编辑 sales 条目")

Name = Annotated[str, Meta(min_length=1, max_length=100)]
ItemId = Annotated[UUID, Ref("SalesItem")]


class SalesRules(Rules):
    """What sales refuses."""

    a_sales_item_has_a_name = Rule(Code.VALIDATION, en="Give a name.", zh="请填写名称。")


@sales.view(needs(VIEW, EDIT))
@dataclass(slots=True, kw_only=True)
class SalesItemView:
    """An item: whose items one sees is the data scope of sales."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("What it is called.", filterable=True, sortable=True)
    owner_id: Annotated[UUID, Ref("Employee")] | None = shown("Whose it is.", filterable=True)
    owner_name: str | None = shown("His name, as this service knows it.")
    created_at: datetime = shown("When it was created.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@sales.query(needs(VIEW, EDIT), returns=SalesItemView)
@dataclass(frozen=True, slots=True, kw_only=True)
class SalesItems(ListQuery):
    """Items in the viewer's data scope, latest first."""


@sales.query(needs(VIEW, EDIT), returns=SalesItemView)
@dataclass(frozen=True, slots=True, kw_only=True)
class SalesItemsByIds(GetQuery):
    """Items by id."""


@sales.command(needs(EDIT), returns={"item": SalesItemView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSalesItem(Command):
    """Create an item of one's own."""

    name: Name = given("What it is called.")


@sales.command(needs(EDIT), returns={"item": SalesItemView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RenameSalesItem(Command):
    """Call an item something else."""

    id: ItemId = given("The item.")
    version: Annotated[int, Meta(ge=1)] = given("The version the editor saw; when the record has moved on: CONFLICT.")
    name: Name = given("What it is called.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesItemEvent(Event):
    """What every event of an item tells."""

    item_id: UUID
    changes: Changes


@sales.event("sales_item.created", subject="item_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SalesItemCreated(SalesItemEvent):
    """An item was created."""


@sales.event("sales_item.renamed", subject="item_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SalesItemRenamed(SalesItemEvent):
    """An item is called something else."""
