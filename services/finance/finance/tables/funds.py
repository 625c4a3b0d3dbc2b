"""Money that people took for a purpose, and what they brought back."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Moment, Sorted, history, identifier, needed
from finance.tables.metadata import metadata
from finance.tables.spending import Money

fund_use = sa.Table(
    "fund_use",
    metadata,
    identifier(),
    needed("user_id", Id),
    needed("purpose", Sorted),
    needed("amount", Money),
    needed("returned_amount", Money),
    needed("currency", Sorted),
    needed("used_on", sa.Date),
    needed("due_on", sa.Date),
    needed("state", Sorted),
    needed("registered_by", Id),
    sa.Column("void_reason", Sorted),
    sa.Column("reminded_on", sa.Date),
    *history(),
)
fund_return = sa.Table(
    "fund_return",
    metadata,
    identifier(),
    needed("fund_use_id", Id),
    needed("amount", Money),
    needed("returned_on", sa.Date),
    needed("method", Sorted),
    needed("remark", Sorted),
    needed("registered_by", Id),
    needed("created_at", Moment),
)
