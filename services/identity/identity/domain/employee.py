"""Employees (IDN-05 … 10): an account at a position, which places him in its department."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from crm_common.editing import chosen, difference, expect_version
from crm_common.protocol.declare import Changes
from crm_common.protocol.identity.employees import (
    CreateEmployee,
    EmployeeCreated,
    EmployeeDisabled,
    EmployeeEnabled,
    EmployeeEvent,
    EmployeeMoved,
    EmployeePlaced,
    EmployeeUpdated,
    MoveEmployee,
    UpdateEmployee,
    UpdateMyProfile,
)
from crm_common.protocol.identity.rules import EmployeeRules
from identity.domain import contact
from identity.domain.line import Place, superiors
from identity.domain.names import cleaned

E = TypeVar("E", bound=EmployeeEvent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """An employee's own data; where he stands follows from the position."""

    id: UUID
    name: str
    login_name: str
    number: str | None
    phone: str | None
    email: str | None
    avatar_url: str | None
    bio: str | None
    hired_on: date | None
    active: bool
    position_id: UUID
    department_id: UUID
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A position with the department around it. ``heads``: active heads from that department upwards."""

    position_id: UUID
    department_id: UUID
    department_name: str
    department_path: str
    heads: tuple[UUID, ...]

    def place_of(self, employee_id: UUID) -> Place:
        """Where somebody stands who holds this position."""
        return Place(
            department_id=self.department_id,
            department_name=self.department_name,
            department_path=self.department_path,
            line=superiors(employee_id, self.heads),
        )


def chosen_seat(position_id: UUID | None, department_id: UUID | None, seat: Seat | None) -> Seat:
    """The seat a command names: department before position before employee. ``seat`` None: no such position."""
    if position_id is None:
        raise EmployeeRules.an_employee_needs_a_position(field="position_id")
    if seat is None:
        raise EmployeeRules.the_position_does_not_exist(field="position_id")
    if department_id is not None and department_id != seat.department_id:
        raise EmployeeRules.a_position_must_belong_to_the_department(field="position_id")
    return seat


def create(command: CreateEmployee, employee_id: UUID, seat: Seat) -> tuple[Employee, EmployeeCreated]:
    """A new employee on ``seat``."""
    employee = Employee(
        id=employee_id,
        name=cleaned(command.name),
        login_name=login_name(command.login_name),
        number=_number(command.number),
        phone=contact.phone(command.phone),
        email=contact.email(command.email),
        avatar_url=contact.picture(command.avatar_url),
        bio=None,
        hired_on=command.hired_on,
        active=True,
        position_id=seat.position_id,
        department_id=seat.department_id,
        version=1,
    )
    changes = difference(None, employee)
    return employee, _event(
        EmployeeCreated, employee, seat.place_of(employee_id), changes, position_id=seat.position_id
    )


def update(employee: Employee, command: UpdateEmployee, place: Place) -> tuple[Employee, list[EmployeeUpdated]]:
    """The employee with other data."""
    expect_version(employee.version, command.version)
    after = replace(
        employee,
        name=cleaned(chosen(command.name, employee.name)),
        login_name=login_name(chosen(command.login_name, employee.login_name)),
        number=_number(chosen(command.number, employee.number)),
        phone=contact.phone(chosen(command.phone, employee.phone)),
        email=contact.email(chosen(command.email, employee.email)),
        avatar_url=contact.picture(chosen(command.avatar_url, employee.avatar_url)),
        hired_on=chosen(command.hired_on, employee.hired_on),
    )
    return _updated(employee, after, place)


def update_profile(
    employee: Employee, command: UpdateMyProfile, place: Place
) -> tuple[Employee, list[EmployeeUpdated]]:
    """The employee with other contact data, picture and words about himself: all that is his own to change."""
    expect_version(employee.version, command.version)
    after = replace(
        employee,
        phone=contact.phone(chosen(command.phone, employee.phone)),
        email=contact.email(chosen(command.email, employee.email)),
        avatar_url=contact.picture(chosen(command.avatar_url, employee.avatar_url)),
        bio=chosen(command.bio, employee.bio) or None,
    )
    return _updated(employee, after, place)


def move(employee: Employee, command: MoveEmployee, seat: Seat) -> tuple[Employee, list[EmployeeMoved]]:
    """The employee on another seat; what is in his name stays in his name."""
    expect_version(employee.version, command.version)
    if seat.position_id == employee.position_id:
        return employee, []
    after = replace(
        employee, position_id=seat.position_id, department_id=seat.department_id, version=employee.version + 1
    )
    return after, [
        _event(
            EmployeeMoved,
            after,
            seat.place_of(employee.id),
            difference(employee, after),
            position_id=after.position_id,
            former_position_id=employee.position_id,
            former_department_id=employee.department_id,
        )
    ]


def disable(
    employee: Employee, version: int, place: Place, *, reason: str | None, by: UUID
) -> tuple[Employee, EmployeeDisabled]:
    """The employee with a closed account."""
    expect_version(employee.version, version)
    if not employee.active:
        raise EmployeeRules.the_account_is_disabled_already(name=employee.name)
    if employee.id == by:
        raise EmployeeRules.nobody_disables_himself()
    after = replace(employee, active=False, version=employee.version + 1)
    return after, _event(EmployeeDisabled, after, place, difference(employee, after), reason=reason)


def enable(employee: Employee, version: int, place: Place) -> tuple[Employee, EmployeeEnabled]:
    """The employee with an open account again."""
    expect_version(employee.version, version)
    if employee.active:
        raise EmployeeRules.the_account_is_active_already(name=employee.name)
    after = replace(employee, active=True, version=employee.version + 1)
    return after, _event(EmployeeEnabled, after, place, difference(employee, after))


def placed(employee_id: UUID, name: str, place: Place, changes: Changes, *, active: bool) -> EmployeePlaced:
    """What surrounds an employee changed by what others did."""
    return EmployeePlaced(
        employee_id=employee_id,
        name=name,
        active=active,
        department_id=place.department_id,
        department_name=place.department_name,
        department_path=place.department_path,
        line=place.line,
        changes=changes,
    )


def login_name(typed: str) -> str:
    """A login name as it is shown; comparing is by `folded`."""
    name = typed.strip()
    if not 2 <= len(name) <= 64 or any(sign.isspace() or not sign.isprintable() for sign in name):
        raise EmployeeRules.a_login_name_has_no_spaces(field="login_name")
    return name


def _number(typed: str | None) -> str | None:
    return (typed or "").strip() or None


def _updated(before: Employee, after: Employee, place: Place) -> tuple[Employee, list[EmployeeUpdated]]:
    if before == after:
        return before, []
    after = replace(after, version=before.version + 1)
    return after, [_event(EmployeeUpdated, after, place, difference(before, after))]


def _event(kind: type[E], employee: Employee, place: Place, changes: Changes, **further: Any) -> E:
    return kind(
        employee_id=employee.id,
        name=employee.name,
        active=employee.active,
        department_id=place.department_id,
        department_name=place.department_name,
        department_path=place.department_path,
        line=place.line,
        changes=changes,
        **further,
    )
