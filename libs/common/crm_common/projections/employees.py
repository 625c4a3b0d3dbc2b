"""Employees as every service but identity knows them: who, where in the tree, and under whom."""

from __future__ import annotations

from crm_common.projections.declare import Projection
from crm_common.projections.tables import employee_ref
from crm_common.protocol.identity import employees as told

__all__ = ["EMPLOYEES", "employee_ref"]

EMPLOYEES = Projection(
    name="employees",
    owner="identity",
    table="employee_ref",
    columns=("name", "active", "department_id", "department_name", "department_path", "line"),
    events=(
        told.EmployeeCreated,
        told.EmployeeUpdated,
        told.EmployeeMoved,
        told.EmployeePlaced,
        told.EmployeeDisabled,
        told.EmployeeEnabled,
    ),
)
