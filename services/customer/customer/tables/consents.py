"""What customers said about being addressed (CUS-53)."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Moment, Sorted, identifier, needed
from customer.tables.metadata import metadata

consent = sa.Table(
    "consent",
    metadata,
    identifier(),
    needed("customer_id", Id),
    needed("channel", Sorted),
    needed("agreed", sa.Boolean),
    needed("source", Sorted),
    needed("said_at", Moment),
    sa.Column("noted_by", Id),
)
