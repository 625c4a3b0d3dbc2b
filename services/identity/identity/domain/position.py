"""Positions (IDN-04, 18): each in one department, with roles that every holder has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar
from uuid import UUID

from crm_common.editing import chosen, difference, expect_version
from crm_common.protocol.identity.positions import (
    CreatePosition,
    PositionCreated,
    PositionDeleted,
    PositionEvent,
    PositionUpdated,
    UpdatePosition,
)
from crm_common.protocol.identity.rules import OrganisationRules
from identity.domain.names import cleaned, folded

E = TypeVar("E", bound=PositionEvent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A position and its default roles."""

    id: UUID
    name: str
    description: str | None
    department_id: UUID
    rank: int
    role_ids: frozenset[UUID]
    version: int


class Place(NamedTuple):
    """What a department has for one more position: its rank, and whether there is one of its name already."""

    rank: int
    taken: bool


NOWHERE = Place(0, False)


def create(command: CreatePosition, position_id: UUID, place: Place) -> tuple[Position, PositionCreated]:
    """A new position at its place, which is the last of its department."""
    if command.department_id is None:
        raise OrganisationRules.a_position_needs_a_department(field="department_id")
    name = cleaned(command.name)
    if place.taken:
        raise OrganisationRules.positions_of_a_department_have_different_names(field="name", name=name)
    position = Position(
        id=position_id,
        name=name,
        description=command.description,
        department_id=command.department_id,
        rank=place.rank,
        role_ids=frozenset(command.default_role_ids),
        version=1,
    )
    return position, _event(PositionCreated, None, position)


def update(
    position: Position, command: UpdatePosition, siblings: Sequence[Position]
) -> tuple[Position, list[PositionUpdated]]:
    """The position with another name or other duties; ``siblings`` are the others of its department."""
    expect_version(position.version, command.version)
    name = cleaned(chosen(command.name, position.name))
    _refuse_a_namesake(name, siblings)
    return _changed(
        position, replace(position, name=name, description=chosen(command.description, position.description))
    )


def set_roles(position: Position, version: int, role_ids: Sequence[UUID]) -> tuple[Position, list[PositionUpdated]]:
    """The position with other default roles."""
    expect_version(position.version, version)
    return _changed(position, replace(position, role_ids=frozenset(role_ids)))


def replace_role(position: Position, role_id: UUID, successor: UUID) -> tuple[Position, list[PositionUpdated]]:
    """The position with ``successor`` in the place of a role that is deleted."""
    return _changed(position, replace(position, role_ids=(position.role_ids - {role_id}) | {successor}))


def reorder(siblings: Sequence[Position], ids: Sequence[UUID]) -> list[tuple[Position, PositionUpdated]]:
    """Those of a department's positions that get another rank; ``ids`` names all of them in their new order."""
    known = {sibling.id: sibling for sibling in siblings}
    if len(ids) != len(known) or set(ids) != known.keys():
        raise OrganisationRules.an_order_names_every_sibling_once(field="ids")
    moved = []
    for rank, position_id in enumerate(ids):
        after, events = _changed(known[position_id], replace(known[position_id], rank=rank))
        moved += [(after, event) for event in events]
    return moved


def delete(position: Position, version: int, employees: int) -> PositionDeleted:
    """The end of a position that nobody holds; ``employees`` counts also those whose accounts are disabled."""
    expect_version(position.version, version)
    if employees:
        raise OrganisationRules.a_position_in_use_cannot_be_deleted(name=position.name, employees=employees)
    return PositionDeleted(
        position_id=position.id,
        name=position.name,
        department_id=position.department_id,
        changes=difference(position, None),
    )


def _changed(before: Position, after: Position) -> tuple[Position, list[PositionUpdated]]:
    if before == after:
        return before, []
    after = replace(after, version=before.version + 1)
    return after, [_event(PositionUpdated, before, after)]


def _event(kind: type[E], before: Position | None, after: Position) -> E:
    return kind(
        position_id=after.id,
        name=after.name,
        department_id=after.department_id,
        changes=difference(before, after),
    )


def _refuse_a_namesake(name: str, siblings: Sequence[Position]) -> None:
    if folded(name) in {folded(sibling.name) for sibling in siblings}:
        raise OrganisationRules.positions_of_a_department_have_different_names(field="name", name=name)
