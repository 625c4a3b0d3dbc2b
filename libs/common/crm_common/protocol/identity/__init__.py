"""What identity says to others: organisation, employees, roles and rights, company, settings, review, audit.

Root fields of the gateway derive from the queries: ``Departments`` is ``departments``. The `GetQuery` named
``<Plural>ByIds`` answers the look-ups of its view: ``department(id)`` and ``node(id)`` ask ``departments_by_ids``.
"""

from __future__ import annotations

from crm_common.protocol.identity import (
    api_clients,
    audit,
    company,
    departments,
    employees,
    handover,
    live,
    me,
    permissions,
    positions,
    review,
    roles,
    rules,
    session_rules,
    sessions,
    settings,
    staffing,
)
from crm_common.protocol.identity.service import identity

__all__ = [
    "api_clients",
    "audit",
    "company",
    "departments",
    "employees",
    "handover",
    "identity",
    "live",
    "me",
    "permissions",
    "positions",
    "review",
    "roles",
    "rules",
    "session_rules",
    "sessions",
    "settings",
    "staffing",
]
