"""Subscriptions: changes of the organisation as they happen, each shown with the rights its subscriber has then."""

from __future__ import annotations

from crm_common.protocol.identity.departments import (
    DepartmentCreated,
    DepartmentHeadChanged,
    DepartmentReordered,
    DepartmentUpdated,
    DepartmentView,
)
from crm_common.protocol.identity.employees import (
    EmployeeCreated,
    EmployeeDisabled,
    EmployeeEnabled,
    EmployeeMoved,
    EmployeeUpdated,
    EmployeeView,
)
from crm_common.protocol.identity.service import SEE_ORGANISATION, identity

department_changed = identity.live(
    "department_changed",
    events=(DepartmentCreated, DepartmentUpdated, DepartmentReordered, DepartmentHeadChanged),
    returns=DepartmentView,
    policy=SEE_ORGANISATION,
    doc="A department was created, renamed, moved, reordered or got another head.",
)

employee_changed = identity.live(
    "employee_changed",
    events=(EmployeeCreated, EmployeeUpdated, EmployeeMoved, EmployeeDisabled, EmployeeEnabled),
    returns=EmployeeView,
    policy=SEE_ORGANISATION,
    doc="An employee was created, changed, moved, disabled or enabled.",
)
