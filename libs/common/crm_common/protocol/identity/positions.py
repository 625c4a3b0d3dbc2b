"""Positions (IDN-04, 18): each belongs to one department and may carry roles that every holder has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from msgspec import UNSET, UnsetType

from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.identity.service import (
    MANY,
    SEE_ORGANISATION,
    VERSION_DOC,
    DepartmentId,
    Name,
    PositionId,
    RoleId,
    Text,
    Version,
    identity,
)
from crm_common.protocol.policy import needs
from crm_common.protocol.views import child, shown

if TYPE_CHECKING:
    from crm_common.protocol.identity.departments import DepartmentView
    from crm_common.protocol.identity.employees import EmployeeView
    from crm_common.protocol.identity.roles import RoleView

EDIT = needs("org.edit")


@identity.view(SEE_ORGANISATION)
@dataclass(slots=True, kw_only=True)
class PositionView:
    """A position of one department; an employee holds exactly one."""

    id: UUID = shown("Its id.", filterable=True)
    name: str = shown("Its name, unique in its department.", filterable=True, sortable=True)
    description: str | None = shown("Its duties.")
    department_id: DepartmentId = shown("The department it belongs to.", filterable=True)
    rank: int = shown("Its place in its department, from 0.", sortable=True)
    employee_count: int = shown("Active employees who hold it.")
    created_at: datetime = shown("When it was created.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last changed.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    department: DepartmentView = child("The department it belongs to.")
    default_roles: list[RoleView] = child("Roles that every holder has without being given them.", limit=100)
    employees: list[EmployeeView] = child("Active employees who hold it.", limit=100)


@identity.query(SEE_ORGANISATION, returns=PositionView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Positions(ListQuery):
    """Positions; without an order by department and place in it."""

    department_id: DepartmentId | None = given("Only those of this department.", default=None)


@identity.query(SEE_ORGANISATION, returns=PositionView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PositionsByIds(GetQuery):
    """Positions by id: what the root field position(id) and node(id) ask."""


@identity.command(EDIT, returns={"position": PositionView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePosition(Command):
    """Create a position in a department."""

    name: Name = given("Its name, unique in its department.")
    department_id: DepartmentId | None = given("The department it belongs to; needed.", default=None)
    description: Text | None = given("Its duties.", default=None)
    default_role_ids: tuple[RoleId, ...] = given("Roles that every holder has.", default=())


@identity.command(EDIT, returns={"position": PositionView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePosition(Command):
    """Change a position's name or duties. It stays in its department, or its holders would move with it."""

    id: PositionId = given("The position.")
    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("Its new name.", default=UNSET)
    description: Text | UnsetType | None = given("Its duties.", default=UNSET)


@identity.command(needs("role.edit"), returns={"position": PositionView})
@dataclass(frozen=True, slots=True, kw_only=True)
class SetPositionRoles(Command):
    """Say which roles every holder of a position has; holders gain and lose them at once."""

    id: PositionId = given("The position.")
    version: Version = given(VERSION_DOC)
    role_ids: tuple[RoleId, ...] = given("All of its roles.")


@identity.command(EDIT, returns={"positions": list[PositionView]})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReorderPositions(Command):
    """Put the positions of one department in a new order; all are named, exactly once each."""

    ids: Annotated[tuple[PositionId, ...], MANY] = given("All positions of one department, in their new order.")


@identity.command(EDIT, returns={"deleted_id": PositionId})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeletePosition(Command):
    """Delete a position that nobody holds or ever held."""

    id: PositionId = given("The position.")
    version: Version = given(VERSION_DOC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionEvent(Event):
    """What every event of a position tells."""

    position_id: UUID
    name: str
    department_id: UUID
    changes: Changes


@identity.event("position.created", subject="position_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PositionCreated(PositionEvent):
    """A position was created."""


@identity.event("position.updated", subject="position_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PositionUpdated(PositionEvent):
    """A position was renamed, described, put elsewhere in its order, or given other default roles."""


@identity.event("position.deleted", subject="position_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PositionDeleted(PositionEvent):
    """A position was deleted."""
