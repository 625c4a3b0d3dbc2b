"""Items: pure functions (state, command) → (state, events)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from crm_common.errors import CommonRules
from crm_common.protocol.finance.items import (
    CreateFinanceItem,
    FinanceItemCreated,
    FinanceItemEvent,
    FinanceItemRenamed,
    FinanceRules,
    RenameFinanceItem,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of somebody; None: of the system."""

    id: UUID
    name: str
    owner_id: UUID | None
    version: int


def create(command: CreateFinanceItem, new_id: UUID, owner_id: UUID | None) -> tuple[Item, FinanceItemEvent]:
    """A new item."""
    item = Item(id=new_id, name=_named(command.name), owner_id=owner_id, version=1)
    changes = {"name": (None, item.name), "owner_id": (None, str(owner_id) if owner_id else None)}
    return item, FinanceItemCreated(item_id=new_id, changes=changes)


def rename(before: Item, command: RenameFinanceItem) -> tuple[Item, list[FinanceItemEvent]]:
    """Another name; nothing happens when it is the same."""
    if before.version != command.version:
        raise CommonRules.the_record_was_changed_meanwhile(field="version", current=before.version)
    name = _named(command.name)
    if name == before.name:
        return before, []
    after = replace(before, name=name, version=before.version + 1)
    return after, [FinanceItemRenamed(item_id=after.id, changes={"name": (before.name, after.name)})]


def _named(name: str) -> str:
    if not name.strip():
        raise FinanceRules.a_finance_item_has_a_name(field="name")
    return name.strip()
