"""Identity's tables, one module per aggregate; the migrations make them, a test compares the two."""

from __future__ import annotations

from identity.tables.company import company
from identity.tables.metadata import metadata
from identity.tables.organisation import department, employee, guard, position
from identity.tables.review import rights_review, rights_review_item
from identity.tables.roles import employee_role, position_role, role, role_holder, role_scope
from identity.tables.sessions import api_client, credential, login_attempt, session, signing_key

__all__ = [
    "api_client",
    "company",
    "credential",
    "department",
    "employee",
    "employee_role",
    "guard",
    "login_attempt",
    "metadata",
    "position",
    "position_role",
    "rights_review",
    "rights_review_item",
    "role",
    "role_holder",
    "role_scope",
    "session",
    "signing_key",
]
