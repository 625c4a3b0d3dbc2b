"""The identity service: organisation, employees, roles and rights, sessions, company, settings, audit."""

from __future__ import annotations

from identity.operations.api_clients import ApiClientOperations
from identity.operations.company import CompanyOperations
from identity.operations.employees import EmployeeOperations
from identity.operations.organisation import OrganisationOperations
from identity.operations.roles import RoleOperations
from identity.operations.sessions import SessionOperations


class IdentityService(
    OrganisationOperations,
    EmployeeOperations,
    RoleOperations,
    SessionOperations,
    ApiClientOperations,
    CompanyOperations,
):
    """One class, declared once, run on the broker or in one process; its methods are in ``operations/``."""

    name = "identity"
