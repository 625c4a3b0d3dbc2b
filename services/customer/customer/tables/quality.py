"""What scans of customers found (CUS-45)."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Moment, Sorted, identifier, needed
from customer.tables.metadata import metadata

quality_report = sa.Table(
    "quality_report",
    metadata,
    identifier(),
    needed("made_at", Moment),
    needed("scanned", sa.Integer),
    needed("duplicates", sa.Integer),
    needed("invalid_phones", sa.Integer),
    needed("stale", sa.Integer),
    needed("incomplete", sa.Integer),
    needed("dismissed", sa.Integer),
)

quality_finding = sa.Table(
    "quality_finding",
    metadata,
    identifier(),
    needed("scan_id", Id),  # the latest scan that found it
    needed("kind", Sorted),
    needed("reason", Sorted),
    needed("score", sa.Integer),
    needed("customer_id", Id),
    sa.Column("other_id", Id),
    needed("found_at", Moment),
    sa.Column("dismissed_at", Moment),
    sa.Column("dismissed_by", Id),
    sa.Column("dismissed_reason", Sorted),
)
