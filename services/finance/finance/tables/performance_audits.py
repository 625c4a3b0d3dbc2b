"""What audits of performance found."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Ids, Moment, Sorted, identifier, needed
from finance.tables.metadata import metadata
from finance.tables.spending import Money

performance_audit = sa.Table(
    "performance_audit",
    metadata,
    identifier(),
    needed("employee_id", Id),
    needed("from_day", sa.Date),
    needed("to_day", sa.Date),
    needed("currency", Sorted),
    needed("performance", Money),
    needed("received", Money),
    needed("difference", Money),
    needed("consistent", sa.Boolean),
    needed("performance_ids", Ids),
    needed("audited_by", Id),
    needed("audited_at", Moment),
    needed("created_at", Moment),
)
