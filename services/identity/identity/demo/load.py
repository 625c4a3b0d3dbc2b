"""Staffs a founded company by the ordinary use cases, in one transaction."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.protocol.identity.company import LoadDemoCompany
from crm_common.protocol.identity.departments import CreateDepartment, SetDepartmentHead
from crm_common.protocol.identity.employees import CreateEmployee
from crm_common.protocol.identity.positions import CreatePosition
from identity.demo.staff import COMPANY_HEAD, DEPARTMENTS, HEAD_OFFICE, POSITIONS, STAFF
from identity.store import departments, employees, guards, roles
from identity.usecases.credentials import FirstPassword
from identity.usecases.departments import create_department, set_department_head
from identity.usecases.employees import create_employee
from identity.usecases.positions import create_position

_FIRST_DAY = date(2019, 3, 4)


def load(change: Change, _command: LoadDemoCompany, first: FirstPassword) -> dict[str, Any]:
    """Departments, positions and forty people with one password, if nobody but the first administrator is there."""
    guards.tree(change.connection)
    if employees.count(change.connection) != 1:
        return {"loaded": False, "password": None}
    (root,) = departments.below(change.connection, None)
    made = {HEAD_OFFICE: root.id}
    for each in DEPARTMENTS:
        command = CreateDepartment(
            name=each.name, parent_id=made[each.parent], code=each.code, description=each.description
        )
        made[each.name] = create_department(change, command)["department"]
    preset = roles.by_code(change.connection)
    positions = {
        each.key: create_position(
            change,
            CreatePosition(
                name=each.name,
                department_id=made[each.department],
                default_role_ids=tuple(preset[code] for code in each.roles if code in preset),
            ),
        )["position"]
        for each in POSITIONS
    }
    people = _people(change, positions, first)
    _lead(change, made[HEAD_OFFICE], people[COMPANY_HEAD])
    for each in DEPARTMENTS:
        _lead(change, made[each.name], people[each.head])
    return {"loaded": True, "password": first.answer_once()}


def _people(change: Change, positions: dict[str, UUID], first: FirstPassword) -> dict[str, UUID]:
    made = {}
    for number, (name, login_name, position) in enumerate(STAFF):
        command = CreateEmployee(
            name=name,
            login_name=login_name,
            position_id=positions[position],
            number=f"HX{number + 1:04}",
            phone=f"139{(number * 7_919 + 10_000_019) % 100_000_000:08}",
            email=f"{login_name}@demo.example",
            hired_on=_FIRST_DAY + timedelta(days=(number * 67) % 2_400),
        )
        made[login_name] = create_employee(change, command, first)["employee"]
    return made


def _lead(change: Change, department_id: UUID, head_id: UUID) -> None:
    department = departments.get(change.connection, department_id)
    version = department.version if department else 0
    set_department_head(change, SetDepartmentHead(id=department_id, version=version, head_id=head_id))
