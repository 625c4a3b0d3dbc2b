"""Commands about employees (IDN-05 … 08, 10)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.protocol.identity.employees import (
    CreateEmployee,
    DisableEmployee,
    EnableEmployee,
    MoveEmployee,
    UpdateEmployee,
    UpdateMyProfile,
)
from crm_common.protocol.identity.rules import EmployeeRules
from crm_common.protocol.identity.session_rules import PASSWORD_LENGTH
from identity.domain import employee as domain
from identity.domain import role as role_domain
from identity.domain.employee import Employee
from identity.domain.line import Place
from identity.domain.password import check_new
from identity.domain.visibility import sees
from identity.store import departments, employees, guards, positions
from identity.usecases.administrators import administration_of, expect_no_rise, keep_an_administrator
from identity.usecases.credentials import FirstPassword, store_first_password
from identity.usecases.ending import end_all
from identity.usecases.positions import expect_roles
from identity.usecases.tree import settle


def create_employee(change: Change, command: CreateEmployee, first: FirstPassword) -> dict[str, Any]:
    """A new employee with an account; he has the roles of his position and those given to him."""
    guards.place(change.connection)
    if command.role_ids:
        change.require("role.assign")
        expect_roles(change, command.role_ids, field="role_ids")
    found = positions.seat(change.connection, command.position_id)
    seat = domain.chosen_seat(command.position_id, command.department_id, found)
    created, event = domain.create(command, change.new_id(), seat)
    if command.initial_password is not None:
        length = change.settings.get(PASSWORD_LENGTH)
        check_new(command.initial_password, login_name=created.login_name, length=length, field="initial_password")
    _expect_nobody_has(change, created)
    employees.insert(change.connection, created, seat.place_of(created.id), change.now)
    change.record(event)
    by_position = positions.roles_of(change.connection, seat.position_id)
    change.record(*role_domain.changed_roles(created.id, (), by_position, by_position=True))
    in_person, events = role_domain.assign(created.id, (), command.role_ids, ())
    employees.set_roles_in_person(change.connection, created.id, frozenset(), in_person)
    change.record(*events)
    expect_no_rise(change, created.id)
    return {"employee": created.id, "initial_password": store_first_password(change, created.id, first)}


def update_employee(change: Change, command: UpdateEmployee) -> dict[str, Any]:
    """Other data of an employee."""
    before, place = visible(change, command.id)
    after, events = domain.update(before, command, place)
    if events:
        _expect_nobody_has(change, after)
        employees.save(change.connection, after, place, change.now)
        change.record(*events)
    return {"employee": after.id}


def update_my_profile(change: Change, command: UpdateMyProfile) -> dict[str, Any]:
    """Other contact data of one's own."""
    found = employees.get(change.connection, change.context.authenticated().id)
    if found is None:
        raise CommonRules.the_record_was_not_found()
    before, place = found
    after, events = domain.update_profile(before, command, place)
    if events:
        employees.save(change.connection, after, place, change.now)
        change.record(*events)
    return {"employee": after.id}


def move_employee(change: Change, command: MoveEmployee) -> dict[str, Any]:
    """Another position, and so another department; roles of the position change with it."""
    guards.place(change.connection)
    guards.administrators(change.connection)
    before, _ = visible(change, command.id)
    held = administration_of(change, before.id)
    found = positions.seat(change.connection, command.position_id)
    seat = domain.chosen_seat(command.position_id, command.department_id, found)
    after, events = domain.move(before, command, seat)
    if events:
        employees.save(change.connection, after, seat.place_of(after.id), change.now)
        change.record(*events)
        change.record(
            *role_domain.changed_roles(
                after.id,
                positions.roles_of(change.connection, before.position_id),
                positions.roles_of(change.connection, after.position_id),
                by_position=True,
            )
        )
        expect_no_rise(change, after.id, held)
        keep_an_administrator(change)
    return {"employee": after.id}


def disable_employee(change: Change, command: DisableEmployee) -> dict[str, Any]:
    """A closed account. Whoever reported to him reports to the next above; his headships stay until handed over."""
    guards.tree(change.connection)
    guards.administrators(change.connection)
    before, place = visible(change, command.id)
    actor = change.context.authenticated()
    after, event = domain.disable(before, command.version, place, reason=command.reason, by=actor.id)
    employees.save(change.connection, after, place, change.now)
    employees.set_disabled_at(change.connection, after.id, change.now)
    change.record(event)
    end_all(change, "disabled", employee_id=after.id)
    _settle_headed_by(change, after.id)
    keep_an_administrator(change)
    return {"employee": after.id}


def enable_employee(change: Change, command: EnableEmployee) -> dict[str, Any]:
    """An open account again, with what was left in his name."""
    guards.tree(change.connection)
    before, place = visible(change, command.id)
    after, event = domain.enable(before, command.version, place)
    employees.save(change.connection, after, place, change.now)
    employees.set_disabled_at(change.connection, after.id, None)
    change.record(event)
    _settle_headed_by(change, after.id)
    return {"employee": after.id}


def visible(change: Change, employee_id: UUID) -> tuple[Employee, Place]:
    """The employee, locked, if he is in the caller's data scope."""
    found = employees.get(change.connection, employee_id)
    if found is None or not sees(change.context.authenticated(), employee_id, found[1]):
        raise CommonRules.the_record_was_not_found(field="id")
    return found


def _settle_headed_by(change: Change, employee_id: UUID) -> None:
    headed = departments.headed_by(change.connection, employee_id)
    settle(change, [each.id for each in headed])


def _expect_nobody_has(change: Change, employee: Employee) -> None:
    connection = change.connection
    if employees.login_name_is_taken(connection, employee.login_name, by_other_than=employee.id):
        raise EmployeeRules.a_login_name_is_unique(field="login_name", login_name=employee.login_name)
    if employee.number and employees.number_is_taken(connection, employee.number, by_other_than=employee.id):
        raise EmployeeRules.an_employee_number_is_unique(field="number", number=employee.number)
