"""Items: a sample that the first real room replaces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.finance.service import finance
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, shown

VIEW = finance.permission("finance.view", en="See items of finance", zh="查看 finance 条目")
EDIT = finance.permission("finance.edit", en="Edit items of finance", zh="编辑 finance 条目")

Name = Annotated[str, Meta(min_length=1, max_length=100)]
ItemId = Annotated[UUID, Ref("FinanceItem")]


class FinanceRules(Rules):
    """What finance refuses."""

    a_finance_item_has_a_name = Rule(Code.VALIDATION, en="Give a name.", zh="请填写名称。")


@finance.view(needs(VIEW, EDIT))
@dataclass(slots=True, kw_only=True)
class FinanceItemView:
    """An item: whose items one sees is the data scope of finance."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("What it is called.", filterable=True, sortable=True)
    owner_id: Annotated[UUID, Ref("Employee")] | None = shown("Whose it is.", filterable=True)
    owner_name: str | None = shown("His name, as this service knows it.")
    created_at: datetime = shown("When it was created.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@finance.query(needs(VIEW, EDIT), returns=FinanceItemView)
@dataclass(frozen=True, slots=True, kw_only=True)
class FinanceItems(ListQuery):
    """Items in the viewer's data scope, latest first."""


@finance.query(needs(VIEW, EDIT), returns=FinanceItemView)
@dataclass(frozen=True, slots=True, kw_only=True)
class FinanceItemsByIds(GetQuery):
    """Items by id."""


@finance.command(needs(EDIT), returns={"item": FinanceItemView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateFinanceItem(Command):
    """Create an item of one's own."""

    name: Name = given("What it is called.")


@finance.command(needs(EDIT), returns={"item": FinanceItemView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RenameFinanceItem(Command):
    """Call an item something else."""

    id: ItemId = given("The item.")
    version: Annotated[int, Meta(ge=1)] = given("The version the editor saw; when the record has moved on: CONFLICT.")
    name: Name = given("What it is called.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FinanceItemEvent(Event):
    """What every event of an item tells."""

    item_id: UUID
    changes: Changes


@finance.event("finance_item.created", subject="item_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class FinanceItemCreated(FinanceItemEvent):
    """An item was created."""


@finance.event("finance_item.renamed", subject="item_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class FinanceItemRenamed(FinanceItemEvent):
    """An item is called something else."""
