"""The identity service: organisation, employees, roles and rights, sessions, company, settings, audit."""

from __future__ import annotations

from identity.operations.company import CompanyOperations
from identity.operations.employees import EmployeeOperations
from identity.operations.organisation import OrganisationOperations
from identity.operations.roles import RoleOperations


class IdentityService(OrganisationOperations, EmployeeOperations, RoleOperations, CompanyOperations):
    """One class, declared once, run on the broker or in one process; its methods are in ``operations/``."""

    name = "identity"
