"""The company's profile as it is shown."""

from __future__ import annotations

from uuid import UUID

from crm_common.protocol.identity.company import CompanyView
from crm_common.reading import bind
from crm_common.store import Store
from identity.tables import company

COMPANY = bind(CompanyView, company)


def company_id(store: Store) -> UUID | None:
    """The id of the one company; None before it was founded."""
    rows = store.rows("SELECT id FROM company")
    return rows[0][0] if rows else None
