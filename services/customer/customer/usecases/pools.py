"""Pools (BYD-03): made and changed by who makes the rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crm_common.changes import Change
from crm_common.editing import chosen, difference, expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.customer.pool import CreatePool, PoolCreated, PoolRuleChanged, UpdatePool
from crm_common.protocol.customer.pool_rules import HoldingRules
from crm_common.protocol.identity.departments import DepartmentHeadChanged
from customer.domain.names import cleaned
from customer.domain.pools import FIELDS, Pool
from customer.store import pool as store
from customer.store import pools


def create_pool(change: Change, command: CreatePool) -> dict[str, Any]:
    """A further pool."""
    made = Pool(
        id=change.new_id(),
        version=1,
        **{name: getattr(command, name) for name in FIELDS} | {"name": cleaned(command.name)},
    )
    if not pools.insert(change.connection, made, change.now):
        raise HoldingRules.a_pool_needs_a_name_of_its_own(field="name", name=made.name)
    change.record(PoolCreated(pool_id=made.id, name=made.name, changes=difference(None, made)))
    return {"pool": made.id}


def update_pool(change: Change, command: UpdatePool) -> dict[str, Any]:
    """Other rules of a pool."""
    present = pools.locked(change.connection, command.id)
    if present is None:
        raise CommonRules.the_record_was_not_found(field="id")
    expect_version(present.version, command.version)
    given = {name: chosen(getattr(command, name), getattr(present, name)) for name in FIELDS}
    after = replace(present, **given | {"name": cleaned(given["name"])})
    changes = difference(present, after)
    if changes:
        if not pools.save(change.connection, after, change.now):
            raise HoldingRules.a_pool_needs_a_name_of_its_own(field="name", name=after.name)
        change.record(PoolRuleChanged(pool_id=after.id, name=after.name, changes=changes))
    return {"pool": after.id}


def note_head(change: Change, event: DepartmentHeadChanged) -> None:
    """The queue of a department is its new head's from now on."""
    store.note_head(change.connection, event.department_id, event.head_id)
