"""What identity shows: each view bound to its table, and the few answers that are computed."""

from __future__ import annotations

from identity.views.audit import AUDIT, HISTORY
from identity.views.company import COMPANY
from identity.views.organisation import DEPARTMENTS, EMPLOYEES, POSITIONS
from identity.views.review import REPORT, REVIEW_ITEMS, REVIEWS
from identity.views.roles import ROLES
from identity.views.sessions import API_CLIENTS, SESSIONS

BINDINGS = (
    DEPARTMENTS,
    POSITIONS,
    EMPLOYEES,
    ROLES,
    COMPANY,
    REVIEWS,
    REVIEW_ITEMS,
    REPORT,
    AUDIT,
    HISTORY,
    SESSIONS,
    API_CLIENTS,
)
