"""What the depot says: items, by import only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol import declare
from crm_common.protocol.declare import Changes, Event, ListQuery, ServiceProtocol
from crm_common.protocol.exporting import offer_exports
from crm_common.protocol.identity import permissions
from crm_common.protocol.importing import offer_imports
from crm_common.protocol.policy import AUTHENTICATED, needs
from crm_common.protocol.views import shown

depot = ServiceProtocol("depot", doc="Items, for tests.")
declare._SERVICES.pop("depot")


def forget_catalogue() -> None:
    """What this process has gathered of all permissions it gathers again: the services are others now."""
    for gathered in (permissions.modules, permissions.keys_in_use, permissions.permissions, permissions.sections,
                     permissions.sections_named):  # fmt: skip
        gathered.cache_clear()


@contextmanager
def known() -> Iterator[None]:
    """Within the block, this process knows the protocol."""
    before = dict(declare.services())
    declare._SERVICES["depot"] = depot
    forget_catalogue()
    try:
        yield
    finally:
        forget_catalogue()
        declare._SERVICES.clear()
        declare._SERVICES.update(before)


class DepotRules(Rules):
    """Refusals of the depot."""

    the_item_is_there_already = Rule(Code.DUPLICATE, en="There is an item {code}.", zh="编码 {code} 已存在。")
    the_item_was_changed_since = Rule(Code.CONFLICT, en="Changed since.", zh="记录已被修改。")
    nobody_wants_this = Rule(Code.VALIDATION, en="Nobody wants {name}.", zh="没有人需要 {name}。")


@depot.event("item.made", subject="item_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMade(Event):
    """An item was made."""

    item_id: UUID
    changes: Changes


@depot.event("item.taken_back", subject="item_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTakenBack(Event):
    """An item was taken back."""

    item_id: UUID


@depot.view(AUTHENTICATED)
@dataclass(slots=True)
class DepotItemView:
    """An item."""

    id: UUID = shown("Its id.", filterable=True)
    code: str = shown("Its code.", filterable=True, sortable=True)
    name: str = shown("Its name.", filterable=True)
    phone: str | None = shown("Its phone, for those who may see it.", policy=needs("depot.phones"))
    amount: Decimal | None = shown("How many.", filterable=True)
    day: date | None = shown("Since when.")


@depot.query(AUTHENTICATED, returns=DepotItemView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Items(ListQuery):
    """One's own items."""


class DepotExportKind(StrEnum):
    """What can be exported."""

    ITEM = "ITEM"
    """Items."""


for _key in ("import", "import_bulk", "export", "phones"):
    depot.permission(f"depot.{_key}", en=_key, zh=_key)
EXPORTS = offer_exports(depot, "Item", kinds=DepotExportKind, permissions=("depot.export",))


class DepotImportKind(StrEnum):
    """What can be imported."""

    ITEM = "ITEM"
    """Items."""


OFFER = offer_imports(depot, "Item", kinds=DepotImportKind, permissions=("depot.import",), bulk="depot.import_bulk")
