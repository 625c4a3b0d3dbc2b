"""Commands about roles and who has them (IDN-14 … 19)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.protocol.identity.roles import AssignRoles, CreateRole, DeleteRole, UpdateRole
from crm_common.protocol.identity.rules import RoleRules
from identity.domain import position as position_domain
from identity.domain import role as domain
from identity.domain.role import Role
from identity.store import employees, guards, positions, roles
from identity.usecases.administrators import keep_an_administrator
from identity.usecases.employees import visible
from identity.usecases.positions import expect_roles, tell_holders


def create_role(change: Change, command: CreateRole, *, code: str | None = None) -> dict[str, Any]:
    """A new role."""
    model = _named(change, command.copy_of, field="copy_of") if command.copy_of else None
    created, event = domain.create(command, change.new_id(), model, code=code)
    _expect_no_namesake(change, created)
    roles.insert(change.connection, created, change.now)
    change.record(event)
    return {"role": created.id}


def update_role(change: Change, command: UpdateRole) -> dict[str, Any]:
    """Other rights of a role, for everybody who has it."""
    guards.administrators(change.connection)
    before = _existing(change, command.id)
    after, events = domain.update(before, command)
    if events:
        _expect_no_namesake(change, after)
        roles.save(change.connection, after, change.now)
        change.record(*events)
        keep_an_administrator(change)
    return {"role": after.id}


def delete_role(change: Change, command: DeleteRole) -> dict[str, Any]:
    """The end of a role; who has it gets the replacement."""
    guards.place(change.connection)
    guards.administrators(change.connection)
    role = _existing(change, command.id)
    replacement = _named(change, command.replace_with, field="replace_with") if command.replace_with else None
    event = domain.delete(role, command.version, roles.use_of(change.connection, role.id), replacement)
    if replacement is not None:
        _replace_everywhere(change, role.id, replacement.id)
    roles.delete(change.connection, role.id)
    change.record(event)
    keep_an_administrator(change)
    return {"deleted_id": role.id}


def assign_roles(change: Change, command: AssignRoles) -> dict[str, Any]:
    """Roles given to and taken from employees in person; all or nothing."""
    guards.administrators(change.connection)
    expect_roles(change, command.add, field="add")
    expect_roles(change, command.remove, field="remove")
    for employee_id in sorted(set(command.employee_ids)):
        visible(change, employee_id)
        _assign(change, employee_id, command.add, command.remove)
    if command.remove:
        keep_an_administrator(change)
    return {"employees": list(dict.fromkeys(command.employee_ids))}


def _replace_everywhere(change: Change, role_id: UUID, successor: UUID) -> None:
    for employee_id in roles.given_in_person(change.connection, role_id):
        employees.get(change.connection, employee_id)
        _assign(change, employee_id, [successor], [role_id])
    for before in positions.with_role(change.connection, role_id):
        after, events = position_domain.replace_role(before, role_id, successor)
        positions.save(change.connection, after, change.now)
        change.record(*events)
        tell_holders(change, before, after)


def _assign(change: Change, employee_id: UUID, add: Any, remove: Any) -> None:
    present = employees.roles_in_person(change.connection, employee_id)
    after, events = domain.assign(employee_id, present, add, remove)
    employees.set_roles_in_person(change.connection, employee_id, present, after)
    change.record(*events)


def _existing(change: Change, role_id: UUID) -> Role:
    found = roles.get(change.connection, role_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    return found


def _named(change: Change, role_id: UUID, *, field: str) -> Role:
    found = roles.get(change.connection, role_id)
    if found is None:
        raise RoleRules.the_role_does_not_exist(field=field)
    return found


def _expect_no_namesake(change: Change, role: Role) -> None:
    if roles.name_is_taken(change.connection, role.name, by_other_than=role.id):
        raise RoleRules.a_role_name_is_unique(field="name", name=role.name)
