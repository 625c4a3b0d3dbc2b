"""One function per command: load → domain → save + record, in one transaction."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change
from crm_common.context import ActorKind
from crm_common.errors import CommonRules
from crm_common.protocol.finance.items import CreateFinanceItem, RenameFinanceItem
from finance.domain import item as domain
from finance.store import items as store


def create_item(change: Change, command: CreateFinanceItem) -> dict[str, Any]:
    """An item of the caller's."""
    actor = change.context.authenticated()
    owner_id = actor.id if actor.kind is ActorKind.EMPLOYEE else None
    created, event = domain.create(command, change.new_id(), owner_id)
    store.insert(change.connection, created, change.now)
    change.record(event)
    return {"item": created.id}


def rename_item(change: Change, command: RenameFinanceItem) -> dict[str, Any]:
    """Another name, for the owner's own item or for whoever sees all."""
    before = store.get(change.connection, command.id)
    actor = change.context.authenticated()
    if before is None or (before.owner_id != actor.id and actor.scope("finance") != "ALL"):
        raise CommonRules.the_record_was_not_found(field="id")
    after, events = domain.rename(before, command)
    if events:
        store.save(change.connection, after)
        change.record(*events)
    return {"item": after.id}
