"""Departments, positions and employees as they are shown."""

from __future__ import annotations

from crm_common.protocol.identity.departments import DepartmentView
from crm_common.protocol.identity.employees import Employees, EmployeeView
from crm_common.protocol.identity.positions import Positions, PositionView
from crm_common.reading import Where, bind, by_owner, many, one
from identity.domain.visibility import MODULE
from identity.tables import department, employee, position, position_role, role_holder

DEPARTMENTS = bind(
    DepartmentView,
    department,
    fields={"employee_count": "SELECT count(*) FROM employee e WHERE e.department_id = {t}.id AND e.active"},
    sort={"name": department.c.name_key},
    children={
        "parent": one(department.c.parent_id),
        "head": one(department.c.head_id),
        "children": many(department.c.parent_id),
        "positions": many(position.c.department_id),
        "employees": many(employee.c.department_id, where="{c}.active"),
    },
    default_order=[department.c.tree_order],
)

POSITIONS = bind(
    PositionView,
    position,
    fields={"employee_count": "SELECT count(*) FROM employee e WHERE e.position_id = {t}.id AND e.active"},
    sort={"name": position.c.name_key},
    children={
        "department": one(position.c.department_id),
        "default_roles": many(through=(position_role.c.position_id, position_role.c.role_id)),
        "employees": many(employee.c.position_id, where="{c}.active"),
    },
    default_order=[position.c.department_id, position.c.rank],
)

EMPLOYEES = bind(
    EmployeeView,
    employee,
    fields={"supervisor_id": "{t}.line[1]"},
    sort={"name": employee.c.name_key},
    children={
        "department": one(employee.c.department_id),
        "position": one(employee.c.position_id),
        "supervisor": one("{c}.id = {t}.line[1]"),
        "roles": many(through=(role_holder.c.employee_id, role_holder.c.role_id)),
        "assigned_roles": many(through=(role_holder.c.employee_id, role_holder.c.role_id), where="NOT {l}.by_position"),
        "headed_departments": many(department.c.head_id),
    },
    scope=by_owner(MODULE, owner=employee.c.id, people=employee),
    default_order=[employee.c.name_key],
)

EMPLOYEES_SNAPSHOT = """
SELECT e.id, e.name, e.active, e.department_id, d.name AS department_name, e.department_path, e.line
FROM employee e JOIN department d ON d.id = e.department_id
"""
"""What neighbours keep of every employee."""


def employees_in(query: Employees) -> Where | None:
    """The condition of a list of employees by department, with or without those of all departments below (IDN-06)."""
    if query.department_id is None:
        return None
    if query.include_children:
        # the tree as a range of paths, which the index serves: '0' is what follows '/'
        path = "(SELECT d.path FROM department d WHERE d.id = {department_id})"
        return Where(
            f"{{t}}.department_path >= {path} AND {{t}}.department_path < rtrim({path}, '/') || '0'",
            department_id=query.department_id,
        )
    return Where("{t}.department_id = {department_id}", selective=True, department_id=query.department_id)


def positions_in(query: Positions) -> Where | None:
    """The condition of a list of positions by department."""
    if query.department_id is None:
        return None
    return Where("{t}.department_id = {department_id}", selective=True, department_id=query.department_id)
