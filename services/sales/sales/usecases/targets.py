"""Targets (SAL-31): set from above, split below."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.editing import expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.sales.targets import CreateTarget, DeleteTarget, TargetRules, UpdateTarget
from sales.domain import target as domain
from sales.domain.target import Target
from sales.store import people
from sales.store import targets as store

SECTION = "target"


def create_target(change: Change, command: CreateTarget) -> dict[str, Any]:
    """A target, or a part of one."""
    if command.parent_id is None:
        made = domain.created(command, change.new_id())
    else:
        made = _part(change, command, _found(change, command.parent_id, field="parent_id"))
    _expect_in_scope(change, made)
    if store.is_there(change.connection, made):
        raise TargetRules.there_is_such_a_target(field="day")
    store.insert(change.connection, made, change.now)
    change.record(domain.told(None, made))
    return {"target": made.id}


def update_target(change: Change, command: UpdateTarget) -> dict[str, Any]:
    """Another amount."""
    before = _found(change, command.id)
    _expect_in_scope(change, before)
    expect_version(before.version, command.version)
    amount = domain.expect_amount(command.amount)
    if amount != before.amount:
        after = replace(before, amount=amount, version=before.version + 1)
        store.save(change.connection, after, change.now)
        change.record(domain.told(before, after))
    return {"target": before.id}


def delete_target(change: Change, command: DeleteTarget) -> dict[str, Any]:
    """A target without parts is gone."""
    before = _found(change, command.id)
    _expect_in_scope(change, before)
    if store.first_part(change.connection, before.id) is not None:
        raise TargetRules.a_target_with_parts_stays(field="id")
    store.delete(change.connection, before.id)
    change.record(domain.told(before, None))
    return {"deleted": True}


def _part(change: Change, command: CreateTarget, parent: Target) -> Target:
    made = domain.part(command, parent, change.new_id())
    way = domain.way_of(parent, made)
    if parent.department_id is not None and way in ("person", "department"):
        person = made.employee_id if way == "person" else None
        inside = {"person": person, "below": made.department_id}
        if not store.is_inside(change.connection, parent.department_id, **inside):
            raise TargetRules.a_part_is_narrower_in_one_way(field=f"{'employee' if person else way}_id")
    other = store.first_part(change.connection, parent.id)
    if other is not None and (known := domain.way_of(parent, other)) != way:
        raise TargetRules.a_target_is_split_in_one_way(field="parent_id", way=known)
    return made


def _found(change: Change, target_id: UUID, *, field: str = "id") -> Target:
    found = store.get(change.connection, target_id)
    actor = change.context.authenticated()
    if found is None or (
        found.employee_id is not None and not people.reaches(change.connection, actor, SECTION, found.employee_id)
    ):
        raise CommonRules.the_record_was_not_found(field=field)
    return found


def _expect_in_scope(change: Change, made: Target) -> None:
    """One sets targets of people in one's data scope and of one's own department and those below; ALL sets any."""
    actor = change.context.authenticated()
    if actor.scope(SECTION) == "ALL":
        return
    mine = actor.department_id
    if made.employee_id is not None:
        allowed = people.reaches(change.connection, actor, SECTION, made.employee_id)
    elif made.department_id is None or mine is None:
        allowed = False
    else:
        below = {"person": None, "below": made.department_id}
        allowed = made.department_id == mine or (
            actor.scope(SECTION) == "DEPT_TREE" and store.is_inside(change.connection, mine, **below)
        )
    if not allowed:
        raise TargetRules.the_target_is_beyond_the_data_scope(field="employee_id")
