"""Commands about positions (IDN-04, 18)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.protocol.identity.positions import (
    CreatePosition,
    DeletePosition,
    ReorderPositions,
    SetPositionRoles,
    UpdatePosition,
)
from crm_common.protocol.identity.rules import OrganisationRules, RoleRules
from identity.domain import position as domain
from identity.domain import role as role_domain
from identity.domain.position import Position
from identity.store import departments, guards, positions, roles
from identity.usecases.administrators import keep_an_administrator


def create_position(change: Change, command: CreatePosition) -> dict[str, Any]:
    """A new position, last in its department."""
    guards.place(change.connection)
    if command.default_role_ids:
        change.require("role.edit")
        expect_roles(change, command.default_role_ids, field="default_role_ids")
    place: domain.Place | None = domain.NOWHERE
    if command.department_id is not None:
        place = positions.place(change.connection, command.department_id, command.name)
    if place is None:
        raise OrganisationRules.the_department_does_not_exist(field="department_id")
    created, event = domain.create(command, change.new_id(), place)
    positions.insert(change.connection, created, change.now)
    change.record(event)
    return {"position": created.id}


def update_position(change: Change, command: UpdatePosition) -> dict[str, Any]:
    """Another name or other duties of a position."""
    guards.place(change.connection)
    before = _existing(change, command.id)
    there = positions.of_department(change.connection, before.department_id)
    after, events = domain.update(before, command, [each for each in there if each.id != before.id])
    if events:
        positions.save(change.connection, after, change.now)
        change.record(*events)
    return {"position": after.id}


def set_position_roles(change: Change, command: SetPositionRoles) -> dict[str, Any]:
    """Other default roles of a position; every holder gains and loses at once."""
    guards.place(change.connection)
    guards.administrators(change.connection)
    before = _existing(change, command.id)
    expect_roles(change, command.role_ids, field="role_ids")
    after, events = domain.set_roles(before, command.version, command.role_ids)
    if events:
        positions.save(change.connection, after, change.now)
        change.record(*events)
        tell_holders(change, before, after)
        keep_an_administrator(change)
    return {"position": after.id}


def reorder_positions(change: Change, command: ReorderPositions) -> dict[str, Any]:
    """Another order of a department's positions."""
    guards.place(change.connection)
    siblings: list[Position] = []
    if command.ids and (first := positions.get(change.connection, command.ids[0])):
        departments.get(change.connection, first.department_id)
        siblings = positions.of_department(change.connection, first.department_id)
    for after, event in domain.reorder(siblings, command.ids):
        positions.save(change.connection, after, change.now)
        change.record(event)
    return {"positions": list(command.ids)}


def delete_position(change: Change, command: DeletePosition) -> dict[str, Any]:
    """The end of a position that nobody holds, nor can take before the commit."""
    guards.tree(change.connection)
    position = _existing(change, command.id)
    holders = positions.holders(change.connection, position.id)
    change.record(domain.delete(position, command.version, len(holders)))
    positions.delete(change.connection, position.id)
    return {"deleted_id": position.id}


def tell_holders(change: Change, before: Position, after: Position) -> None:
    """The events of everybody whose roles changed with his position's."""
    for employee_id in positions.holders(change.connection, after.id):
        change.record(*role_domain.changed_roles(employee_id, before.role_ids, after.role_ids, by_position=True))


def expect_roles(change: Change, role_ids: Collection[UUID], *, field: str) -> None:
    """Refuse roles that do not exist; the others cannot be deleted before the commit."""
    if set(role_ids) - roles.existing(change.connection, role_ids):
        raise RoleRules.the_role_does_not_exist(field=field)


def _existing(change: Change, position_id: UUID) -> Position:
    found = positions.get(change.connection, position_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    return found
