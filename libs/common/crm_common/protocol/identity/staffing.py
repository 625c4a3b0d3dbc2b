"""Who stands where now: what services ask before a rule decides by superiors, heads of departments or roles."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.protocol.declare import given
from crm_common.protocol.identity.service import DepartmentId, EmployeeId, RoleId, identity
from crm_common.protocol.policy import INTERNAL


@identity.query(INTERNAL, returns=dict, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """How people, departments and roles stand now, in one answer.

    ``{"people": {id: {"name", "active", "department_id", "department_path", "line": [ids, nearest first]}},
    "heads": {department id: employee id | null}, "roles": {role id or code: [ids of active holders]},
    "permissions": {key: [ids of active employees whose roles give it]}}``.
    People are those asked for, their superiors, and everybody the heads and roles name; heads are also those of the
    departments of the people asked for. What does not exist is left out.
    """

    employee_ids: tuple[EmployeeId, ...] = given("These people.", default=())
    department_ids: tuple[DepartmentId, ...] = given("Who leads these departments.", default=())
    role_ids: tuple[RoleId, ...] = given("Who has these roles.", default=())
    role_codes: tuple[str, ...] = given("Who has these preset roles.", default=())
    permissions: tuple[str, ...] = given("Whose roles give these permission keys.", default=())
