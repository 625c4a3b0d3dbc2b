"""Pools (BYD-03): made and changed by who makes the rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crm_common.changes import Change
from crm_common.editing import chosen, difference, expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.customer.pool import (
    ArchivePool,
    CreatePool,
    CustomerPoolChanged,
    PoolArchived,
    PoolCreated,
    PoolRuleChanged,
    UpdatePool,
)
from crm_common.protocol.customer.pool_rules import HoldingRules
from crm_common.protocol.identity.departments import DepartmentHeadChanged
from customer.domain.names import cleaned
from customer.domain.pools import FIELDS, Pool
from customer.store import moves, pools
from customer.store import pool as store


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


def archive_pool(change: Change, command: ArchivePool) -> dict[str, Any]:
    """Nothing comes into it any more; what is in it lies in another one from now on."""
    # in the order of their ids, so that two who archive into each other's pools do not wait for one another
    named = [command.id] if command.to_id is None else sorted({command.id, command.to_id})
    found = {each: pools.locked(change.connection, each) for each in named}
    present, receiver = found[command.id], found.get(command.to_id or command.id)
    if present is None:
        raise CommonRules.the_record_was_not_found(field="id")
    expect_version(present.version, command.version)
    if present.is_default:
        raise HoldingRules.the_default_pool_stays(field="id")
    if command.to_id is not None and (receiver is None or receiver.archived or receiver is present):
        raise HoldingRules.this_pool_takes_no_customers(field="to_id")
    moved = _emptied(change, present, None if receiver is present else receiver)
    after = replace(present, archived=True)
    pools.save(change.connection, after, change.now)
    changes = difference(present, after)
    change.record(PoolArchived(pool_id=after.id, name=after.name, changes=changes, to_id=command.to_id, moved=moved))
    return {"pool": after.id, "moved": moved}


def _emptied(change: Change, present: Pool, receiver: Pool | None) -> int:
    ids = pools.held(change.connection, present.id)
    if ids and receiver is None:
        raise HoldingRules.a_pool_with_customers_is_not_archived(field="to_id", count=len(ids))
    if receiver is not None:
        for moved in moves.move(change.connection, moves.TO_OTHER_POOL, ids, now=change.now, pool=receiver.id).values():
            change.record(CustomerPoolChanged(**moved.told()))
    return len(ids)


def note_head(change: Change, event: DepartmentHeadChanged) -> None:
    """The queue of a department is its new head's from now on."""
    store.note_head(change.connection, event.department_id, event.head_id)
