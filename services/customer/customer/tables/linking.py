"""What other systems call customers (CUS-47)."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Moment, Sorted, identifier, needed
from customer.tables.metadata import metadata

external_id = sa.Table(
    "external_id",
    metadata,
    identifier(),
    needed("customer_id", Id),
    needed("system", Sorted),
    needed("external_id", Sorted),
    needed("linked_at", Moment),
)
