"""Employees (IDN-05 … 10): who works here, where in the tree, and what he may change about himself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import UNSET, UnsetType

from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.identity.handover import Ownership
from crm_common.protocol.identity.service import (
    SEE_ORGANISATION,
    VERSION_DOC,
    DepartmentId,
    EmployeeId,
    Line,
    LoginName,
    Name,
    Password,
    PositionId,
    RoleId,
    Text,
    Version,
    identity,
)
from crm_common.protocol.policy import AUTHENTICATED, needs
from crm_common.protocol.views import child, shown

if TYPE_CHECKING:
    from crm_common.protocol.identity.departments import DepartmentView
    from crm_common.protocol.identity.positions import PositionView
    from crm_common.protocol.identity.roles import RoleView

EDIT = needs("org.employee.edit")
DISABLE = needs("org.employee.disable")
ACCOUNT_MATTERS = needs(
    "org.employee.edit", "org.employee.disable", "org.employee.reset_password", "role.assign", "audit.view"
)


@identity.view(SEE_ORGANISATION)
@dataclass(slots=True, kw_only=True)
class EmployeeView:
    """An employee: whom of them one sees is the data scope of the module org."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("The name people use.", filterable=True, sortable=True)
    number: str | None = shown("The company's own number of the employee.", filterable=True, sortable=True)
    login_name: str | None = shown("What he logs in with.", filterable=True, sortable=True, policy=ACCOUNT_MATTERS)
    active: bool = shown("False after the account was disabled.", filterable=True, sortable=True)
    phone: str | None = shown("His phone at work.", filterable=True)
    email: str | None = shown("His e-mail address at work.", filterable=True, sortable=True)
    avatar_url: str | None = shown("His picture.")
    bio: str | None = shown("What he says of himself.")
    hired_on: date | None = shown("First day at work.", filterable=True, sortable=True)
    department_id: DepartmentId = shown("The department he is placed in.", filterable=True)
    position_id: PositionId = shown("The position he holds.", filterable=True)
    supervisor_id: EmployeeId | None = shown("His nearest superior; null at the top.", filterable=True)
    must_change_password: bool | None = shown(
        "Whether the next login demands a new password.", filterable=True, policy=ACCOUNT_MATTERS
    )
    last_login_at: datetime | None = shown("His latest login.", filterable=True, sortable=True, policy=ACCOUNT_MATTERS)
    disabled_at: datetime | None = shown("When the account was disabled.", filterable=True, sortable=True)
    created_at: datetime = shown("When the account was created.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last changed.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    department: DepartmentView = child("The department he is placed in.")
    position: PositionView = child("The position he holds.")
    supervisor: EmployeeView | None = child("His nearest superior.")
    roles: list[RoleView] = child("Roles given to him and roles of his position.", limit=100)
    assigned_roles: list[RoleView] = child("Roles given to him personally.", limit=100)
    headed_departments: list[DepartmentView] = child("Departments he leads.", limit=100)


@identity.query(SEE_ORGANISATION, returns=EmployeeView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Employees(ListQuery):
    """Employees in the viewer's data scope (module org); without an order by name."""

    department_id: DepartmentId | None = given("Only those of this department.", default=None)
    include_children: bool = given("With those of all departments below it.", default=False)


@identity.query(SEE_ORGANISATION, returns=EmployeeView)
@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeesByIds(GetQuery):
    """Employees by id: what the root field employee(id) and node(id) ask."""


@identity.command(EDIT, returns={"employee": EmployeeView, "initial_password": str})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateEmployee(Command):
    """Create an employee with an account; the first login demands a new password."""

    name: Name = given("The name people use.")
    login_name: LoginName = given("What he logs in with; unique, case and width do not count.")
    position_id: PositionId | None = given(
        "The position he holds; needed. It places him in its department.", default=None
    )
    department_id: DepartmentId | None = given(
        "His department; when given, the position must belong to it.", default=None
    )
    number: Line | None = given("The company's own number of the employee.", default=None)
    phone: Line | None = given("His phone at work.", default=None)
    email: Line | None = given("His e-mail address at work.", default=None)
    avatar_url: Text | None = given("His picture.", default=None)
    hired_on: date | None = given("First day at work.", default=None)
    role_ids: tuple[RoleId, ...] = given(
        "Roles given to him beside those of the position; needs role.assign.", default=()
    )
    initial_password: Password | None = given(
        "The first password; absent, one is made and answered once.", default=None
    )


@identity.command(EDIT, returns={"employee": EmployeeView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateEmployee(Command):
    """Change an employee's data. The department and position are changed by moveEmployee."""

    id: EmployeeId = given("The employee.")
    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("The name people use.", default=UNSET)
    login_name: LoginName | UnsetType = given("What he logs in with.", default=UNSET)
    number: Line | UnsetType | None = given("The company's own number of the employee.", default=UNSET)
    phone: Line | UnsetType | None = given("His phone at work.", default=UNSET)
    email: Line | UnsetType | None = given("His e-mail address at work.", default=UNSET)
    avatar_url: Text | UnsetType | None = given("His picture.", default=UNSET)
    hired_on: date | UnsetType | None = given("First day at work.", default=UNSET)


@identity.command(EDIT, returns={"employee": EmployeeView, "owned_records": Ownership})
@dataclass(frozen=True, slots=True, kw_only=True)
class MoveEmployee(Command):
    """Move an employee to another position, and so to its department; the answer lists what is still in his name."""

    id: EmployeeId = given("The employee.")
    version: Version = given(VERSION_DOC)
    position_id: PositionId | None = given("The new position; needed.", default=None)
    department_id: DepartmentId | None = given(
        "The new department; when given, the position must belong to it.", default=None
    )


@identity.command(DISABLE, returns={"employee": EmployeeView, "owned_records": Ownership})
@dataclass(frozen=True, slots=True, kw_only=True)
class DisableEmployee(Command):
    """Disable an account: no login, sessions end at once; records stay in his name until handed over."""

    id: EmployeeId = given("The employee.")
    version: Version = given(VERSION_DOC)
    reason: Text | None = given("Why; kept in the history.", default=None)


@identity.command(DISABLE, returns={"employee": EmployeeView})
@dataclass(frozen=True, slots=True, kw_only=True)
class EnableEmployee(Command):
    """Enable a disabled account again."""

    id: EmployeeId = given("The employee.")
    version: Version = given(VERSION_DOC)


@identity.command(AUTHENTICATED, returns={"employee": EmployeeView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateMyProfile(Command):
    """Change one's own contact data and picture; name, department and roles are not one's own to change."""

    version: Version = given(VERSION_DOC)
    phone: Line | UnsetType | None = given("One's phone at work.", default=UNSET)
    email: Line | UnsetType | None = given("One's e-mail address at work.", default=UNSET)
    avatar_url: Text | UnsetType | None = given("One's picture.", default=UNSET)
    bio: Text | UnsetType | None = given("What one says of oneself.", default=UNSET)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeEvent(Event):
    """What every event of an employee tells: who and where he is after the change; feeds ``employee_ref``."""

    employee_id: UUID
    name: str
    active: bool
    department_id: UUID
    department_name: str
    department_path: str
    """``/<uuid>/<uuid>/``, root first, his own department last."""
    line: tuple[UUID, ...]
    """All superiors, nearest first."""
    changes: Changes


@identity.event("employee.created", subject="employee_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeCreated(EmployeeEvent):
    """An employee was created."""

    position_id: UUID


@identity.event("employee.updated", subject="employee_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeUpdated(EmployeeEvent):
    """An employee's data changed, by himself or by others."""


@identity.event("employee.moved", subject="employee_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeMoved(EmployeeEvent):
    """An employee holds another position, mostly in another department."""

    position_id: UUID
    former_position_id: UUID
    former_department_id: UUID


@identity.event("employee.placed", subject="employee_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeePlaced(EmployeeEvent):
    """What surrounds an employee changed: his department's name or path, or his superiors."""


@identity.event("employee.disabled", subject="employee_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeDisabled(EmployeeEvent):
    """An account was disabled."""

    reason: str | None


@identity.event("employee.enabled", subject="employee_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeEnabled(EmployeeEvent):
    """An account was enabled again."""
