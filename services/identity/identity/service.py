"""The identity service: organisation, employees, roles and rights, sessions, company, settings, audit."""

from __future__ import annotations

from crm_common.projections.declare import SnapshotSource
from identity.operations.api_clients import ApiClientOperations
from identity.operations.company import CompanyOperations
from identity.operations.employees import EmployeeOperations
from identity.operations.organisation import OrganisationOperations
from identity.operations.roles import RoleOperations
from identity.operations.sessions import SessionOperations
from identity.views.organisation import EMPLOYEES_SNAPSHOT
from identity.views.rebuilt import TABLES


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
    rebuilt = TABLES
    snapshots = {"employees": SnapshotSource("employee", EMPLOYEES_SNAPSHOT)}  # noqa: RUF012 - read by the runtime
