"""Commands about departments (IDN-01, 02, 03)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.editing import chosen
from crm_common.errors import CommonRules
from crm_common.protocol.identity.departments import (
    CreateDepartment,
    DeleteDepartment,
    ReorderDepartments,
    SetDepartmentHead,
    UpdateDepartment,
)
from crm_common.protocol.identity.rules import OrganisationRules
from identity.domain import department as domain
from identity.domain.department import Department
from identity.store import departments, employees, guards
from identity.usecases.tree import settle


def create_department(change: Change, command: CreateDepartment) -> dict[str, Any]:
    """A new department, last among its siblings."""
    guards.tree(change.connection)
    parent = _parent(change, command.parent_id)
    siblings = departments.below(change.connection, command.parent_id)
    created, event = domain.create(command, change.new_id(), parent, siblings)
    departments.insert(change.connection, created, change.now)
    change.record(event)
    settle(change, [created.id], told=[created.id])
    return {"department": created.id}


def update_department(change: Change, command: UpdateDepartment) -> dict[str, Any]:
    """Other data for a department, or another place in the tree."""
    guards.tree(change.connection)
    before = _existing(change, command.id)
    parent = _parent(change, chosen(command.parent_id, before.parent_id))
    there = departments.below(change.connection, parent.id if parent else None)
    siblings = [each for each in there if each.id != before.id]
    after, events = domain.update(before, command, parent, siblings)
    if events:
        departments.save(change.connection, after, change.now)
        change.record(*events)
        renamed = {before.id: before.name} if before.name != after.name else {}
        settle(change, [after.id], told=[after.id], renamed=renamed)
    return {"department": after.id}


def reorder_departments(change: Change, command: ReorderDepartments) -> dict[str, Any]:
    """Another order of the departments below one parent."""
    guards.tree(change.connection)
    siblings: list[Department] = []
    if command.ids and (first := departments.get(change.connection, command.ids[0])):
        siblings = departments.below(change.connection, first.parent_id)
    moved = domain.reorder(siblings, command.ids)
    for after, event in moved:
        departments.save(change.connection, after, change.now)
        change.record(event)
    settle(change, [after.id for after, _ in moved])
    return {"departments": list(command.ids)}


def set_department_head(change: Change, command: SetDepartmentHead) -> dict[str, Any]:
    """Another head for a department, or none; everybody below has other superiors then."""
    guards.tree(change.connection)
    before = _existing(change, command.id)
    is_active = command.head_id is not None and employees.is_active(change.connection, command.head_id)
    after, events = domain.set_head(before, command.version, command.head_id, head_is_active=is_active)
    if events:
        departments.save(change.connection, after, change.now)
        change.record(*events)
        settle(change, [after.id])
    return {"department": after.id}


def delete_department(change: Change, command: DeleteDepartment) -> dict[str, Any]:
    """The end of an empty department."""
    guards.tree(change.connection)
    department = _existing(change, command.id)
    change.record(domain.delete(department, command.version, departments.contents(change.connection, department.id)))
    departments.delete(change.connection, department.id)
    return {"deleted_id": department.id}


def _existing(change: Change, department_id: UUID) -> Department:
    found = departments.get(change.connection, department_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    return found


def _parent(change: Change, parent_id: UUID | None) -> Department | None:
    if parent_id is None:
        return None
    parent = departments.get(change.connection, parent_id)
    if parent is None:
        raise OrganisationRules.the_parent_department_does_not_exist(field="parent_id")
    return parent
