"""Roles (IDN-14 … 19): keys, visibility and data scope; who has them; the catalogue of keys; what I may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from msgspec import UNSET, UnsetType

from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.identity.employees import EmployeeView
from crm_common.protocol.identity.service import (
    MANY,
    VERSION_DOC,
    EmployeeId,
    Name,
    RoleId,
    Text,
    Version,
    identity,
)
from crm_common.protocol.policy import needs
from crm_common.protocol.views import child, shown

if TYPE_CHECKING:
    from crm_common.protocol.identity.positions import PositionView

SEE = needs("role.view", "role.edit", "role.assign", "audit.view")
EDIT = needs("role.edit")


class Scope(StrEnum):
    """Whose records one sees, from narrow to wide."""

    SELF = "SELF"
    TEAM = "TEAM"
    DEPT = "DEPT"
    DEPT_TREE = "DEPT_TREE"
    ALL = "ALL"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleScope:
    """A role's data scope for one module or section, where it differs from the role's own."""

    module: str
    """A module (sales), or a section of one (opp; customer.* where a module has the same name)."""
    scope: Scope
    """Whose records."""


@identity.view(SEE)
@dataclass(slots=True, kw_only=True)
class RoleView:
    """A role: a set of permission keys, what it hides, and whose records it opens."""

    id: UUID = shown("Its id.", filterable=True)
    name: str = shown("Its name, unique.", filterable=True, sortable=True)
    code: str | None = shown(
        "The code of a preset role (SALES); null for a company's own.", filterable=True, sortable=True
    )
    description: str | None = shown("What it is for.")
    permissions: list[str] = shown("Permission keys it gives.")
    hidden: list[str] = shown("Modules, sections and single keys that it keeps closed although it gives keys in them.")
    scope: Scope = shown("Whose records, in every module it gives keys in.", filterable=True)
    scopes: list[RoleScope] = shown("Where the data scope differs from the role's own.")
    employee_count: int = shown("Active employees who have it, in person or by position.")
    created_at: datetime = shown("When it was created.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last changed.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    employees: list[EmployeeView] = child("Employees it was given to in person.", limit=100)
    positions: list[PositionView] = child("Positions that carry it.", limit=100)


@identity.query(SEE, returns=RoleView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Roles(ListQuery):
    """Roles; without an order by name."""


@identity.query(SEE, returns=RoleView)
@dataclass(frozen=True, slots=True, kw_only=True)
class RolesByIds(GetQuery):
    """Roles by id: what the root field role(id) and node(id) ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePermission:
    """A permission key with its words."""

    key: str
    """The key: section and operation."""
    label: str
    """What it allows, in the caller's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueSection:
    """The keys that begin alike: what a data scope may be set for."""

    name: str
    """What its keys begin with."""
    label: str
    """Its name in the caller's language."""
    permissions: tuple[CataloguePermission, ...]
    """Its keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueModule:
    """A module of the product, as menus show it and roles hide it."""

    name: str
    """Its name in me.modules and in a role's hidden."""
    label: str
    """Its name in the caller's language."""
    sections: tuple[CatalogueSection, ...]
    """Its sections."""


@identity.query(SEE, returns=tuple[CatalogueModule, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionCatalogue:
    """Everything a role can allow, in the order of menus, with words in the caller's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeGrant:
    """A data scope for one module or section."""

    module: str = given("A module (sales) or a section of one (opp).")
    scope: Scope = given("Whose records.")


@identity.command(EDIT, returns={"role": RoleView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRole(Command):
    """Create a role."""

    name: Name = given("Its name, unique.")
    description: Text | None = given("What it is for.", default=None)
    permissions: tuple[str, ...] = given("Permission keys of the catalogue.", default=())
    hidden: tuple[str, ...] = given("Modules, sections or single keys to keep closed.", default=())
    scope: Scope = given("Whose records, in every module it gives keys in.", default=Scope.SELF)
    scopes: tuple[ScopeGrant, ...] = given("Where the scope differs.", default=())
    copy_of: RoleId | None = given(
        "Take permissions, hidden and scopes of this role as far as they are not given.", default=None
    )


@identity.command(EDIT, returns={"role": RoleView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRole(Command):
    """Change a role; everybody who has it gains and loses at once. Lists replace the former list."""

    id: RoleId = given("The role.")
    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("Its new name.", default=UNSET)
    description: Text | UnsetType | None = given("What it is for.", default=UNSET)
    permissions: tuple[str, ...] | UnsetType = given("All its permission keys.", default=UNSET)
    hidden: tuple[str, ...] | UnsetType = given("All it keeps closed.", default=UNSET)
    scope: Scope | UnsetType = given("Whose records.", default=UNSET)
    scopes: tuple[ScopeGrant, ...] | UnsetType = given("Where the scope differs.", default=UNSET)


@identity.command(EDIT, returns={"deleted_id": RoleId})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteRole(Command):
    """Delete a role. One in use needs a replacement, which its holders and positions get instead."""

    id: RoleId = given("The role.")
    version: Version = given(VERSION_DOC)
    replace_with: RoleId | None = given("The role that takes its place.", default=None)


@identity.command(needs("role.assign"), returns={"employees": list[EmployeeView]})
@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRoles(Command):
    """Give roles to employees and take roles from them, in person. Nothing changes when one of them is refused."""

    employee_ids: Annotated[tuple[EmployeeId, ...], MANY] = given("The employees.")
    add: tuple[RoleId, ...] = given("Roles to give.", default=())
    remove: tuple[RoleId, ...] = given("Roles to take.", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEvent(Event):
    """What every event of a role tells."""

    role_id: UUID
    name: str
    changes: Changes


@identity.event("role.created", subject="role_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCreated(RoleEvent):
    """A role was created."""


@identity.event("role.updated", subject="role_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoleUpdated(RoleEvent):
    """A role was changed."""


@identity.event("role.deleted", subject="role_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDeleted(RoleEvent):
    """A role was deleted."""

    replaced_with: UUID | None


@identity.event("role.assigned", subject="employee_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAssigned(Event):
    """The roles of an employee changed: given in person, or by his position."""

    employee_id: UUID
    added: tuple[UUID, ...]
    removed: tuple[UUID, ...]
    by_position: bool
    """True when they come and go with the position he holds."""
    changes: Changes
