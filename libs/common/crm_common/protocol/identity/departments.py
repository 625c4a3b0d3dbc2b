"""Departments (IDN-01, 02, 03): the tree, its order and its heads."""

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
    EmployeeId,
    Line,
    Name,
    Text,
    Version,
    identity,
)
from crm_common.protocol.policy import needs
from crm_common.protocol.views import child, shown

if TYPE_CHECKING:
    from crm_common.protocol.identity.employees import EmployeeView
    from crm_common.protocol.identity.positions import PositionView

EDIT = needs("org.edit")


@identity.view(SEE_ORGANISATION)
@dataclass(slots=True, kw_only=True)
class DepartmentView:
    """A department in the tree of the company."""

    id: UUID = shown("Its id.", filterable=True)
    name: str = shown("Its name, unique among its siblings.", filterable=True, sortable=True)
    code: str | None = shown("The company's own short code, if it uses one.", filterable=True, sortable=True)
    description: str | None = shown("What it is for.")
    parent_id: DepartmentId | None = shown("The department above; null for a root.", filterable=True)
    head_id: EmployeeId | None = shown("Its head; null when nobody leads it.", filterable=True)
    depth: int = shown("How many departments are above it.", filterable=True, sortable=True)
    rank: int = shown("Its place among its siblings, from 0.", sortable=True)
    tree_order: str = shown(
        "Sorts the whole tree: each department before its children, siblings in order.", sortable=True
    )
    employee_count: int = shown("Active employees placed directly in it.")
    created_at: datetime = shown("When it was created.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last changed.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    parent: DepartmentView | None = child("The department above.")
    head: EmployeeView | None = child("Its head, the default supervisor of its members.")
    children: list[DepartmentView] = child("The departments directly below, in order.", limit=100)
    positions: list[PositionView] = child("Its positions, in order.", limit=100)
    employees: list[EmployeeView] = child("Active employees placed directly in it.", limit=100)


@identity.query(SEE_ORGANISATION, returns=DepartmentView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Departments(ListQuery):
    """Departments; without an order they come as the tree is read: parents first, siblings in their order."""


@identity.query(SEE_ORGANISATION, returns=DepartmentView)
@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentsByIds(GetQuery):
    """Departments by id: what the root field department(id) and node(id) ask."""


@identity.command(EDIT, returns={"department": DepartmentView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDepartment(Command):
    """Create a department, last among its siblings."""

    name: Name = given("Its name, unique among its siblings.")
    parent_id: DepartmentId | None = given("The department above; null makes a root.", default=None)
    code: Line | None = given("The company's own short code.", default=None)
    description: Text | None = given("What it is for.", default=None)


@identity.command(EDIT, returns={"department": DepartmentView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateDepartment(Command):
    """Change a department; a new parentId moves it with everything below, last among its new siblings."""

    id: DepartmentId = given("The department.")
    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("Its new name.", default=UNSET)
    parent_id: DepartmentId | UnsetType | None = given("The new department above; null makes it a root.", default=UNSET)
    code: Line | UnsetType | None = given("The company's own short code.", default=UNSET)
    description: Text | UnsetType | None = given("What it is for.", default=UNSET)


@identity.command(EDIT, returns={"departments": list[DepartmentView]})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReorderDepartments(Command):
    """Put the departments below one parent in a new order; all siblings are named, exactly once each."""

    ids: Annotated[tuple[DepartmentId, ...], MANY] = given("All departments below one parent, in their new order.")


@identity.command(EDIT, returns={"department": DepartmentView})
@dataclass(frozen=True, slots=True, kw_only=True)
class SetDepartmentHead(Command):
    """Name the head of a department, or nobody. The head is the default supervisor of its members."""

    id: DepartmentId = given("The department.")
    version: Version = given(VERSION_DOC)
    head_id: EmployeeId | None = given("An active employee; null leaves the department without a head.", default=None)


@identity.command(EDIT, returns={"deleted_id": DepartmentId})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteDepartment(Command):
    """Delete a department that has no department, position or employee left."""

    id: DepartmentId = given("The department.")
    version: Version = given(VERSION_DOC)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentEvent(Event):
    """What every event of a department tells: who it is and where it stands after the change."""

    department_id: UUID
    name: str
    parent_id: UUID | None
    path: str
    """``/<uuid>/<uuid>/``, root first, itself last."""
    changes: Changes


@identity.event("department.created", subject="department_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentCreated(DepartmentEvent):
    """A department was created."""


@identity.event("department.updated", subject="department_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentUpdated(DepartmentEvent):
    """A department was renamed, described or moved; each department below a moved one has its own event."""


@identity.event("department.reordered", subject="department_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentReordered(DepartmentEvent):
    """A department took another place among its siblings."""


@identity.event("department.head_changed", subject="department_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentHeadChanged(DepartmentEvent):
    """A department got another head, or none."""

    head_id: UUID | None
    former_head_id: UUID | None


@identity.event("department.deleted", subject="department_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentDeleted(DepartmentEvent):
    """A department was deleted."""
