"""Credit evaluations (CUS-44)."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Ids, Moment, Sorted, history, identifier, needed
from customer.domain.credit import SECTIONS
from customer.tables.metadata import metadata

credit_evaluation = sa.Table(
    "credit_evaluation",
    metadata,
    identifier(),
    needed("customer_id", Id),
    needed("status", Sorted),
    needed("grade", Sorted),
    needed("credit_limit", sa.Numeric(18, 2)),
    needed("currency", Sorted),
    *(sa.Column(name, Sorted) for name in SECTIONS),
    needed("writers", Ids),
    sa.Column("decided_by", Id),
    sa.Column("decided_at", Moment),
    sa.Column("decision_reason", Sorted),
    sa.Column("valid_until", Moment),
    *history(),
)
