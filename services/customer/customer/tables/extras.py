"""Dictionaries, sharing, the steps of lifecycles, partners, saved views."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Document, Id, Moment, Sorted, history, identifier, needed
from customer.tables.metadata import metadata

dictionary_entry = sa.Table(
    "dictionary_entry",
    metadata,
    identifier(),
    needed("dictionary", Sorted),
    needed("code", Sorted),
    needed("label", Sorted),
    sa.Column("label_en", Sorted),
    needed("rank", sa.Integer),
    needed("archived", sa.Boolean),
    *history(),
)

customer_share = sa.Table(
    "customer_share",
    metadata,
    identifier(),
    needed("customer_id", Id),
    needed("employee_id", Id),
    needed("owned_since", Moment),  # of the owner who shares: the next one does not
    needed("right", Sorted),
    needed("sees_phone", sa.Boolean),
    needed("shared_at", Moment),
)

partner = sa.Table(
    "partner",
    metadata,
    identifier(),
    needed("type", Sorted),
    needed("name", Sorted),
    needed("name_fold", Sorted),
    needed("name_key", Sorted),
    needed("phone_cipher", sa.LargeBinary),
    needed("phone_mask", Sorted),
    needed("phone_index", sa.LargeBinary),
    sa.Column("contact_name", Sorted),
    sa.Column("email", Sorted),
    sa.Column("address", Sorted),
    sa.Column("region", Sorted),
    sa.Column("industry", Sorted),
    sa.Column("responsible_id", Id),
    sa.Column("remark", Sorted),
    needed("archived", sa.Boolean),
    *history(),
)

saved_view = sa.Table(
    "saved_view",
    metadata,
    identifier(),
    needed("employee_id", Id),
    needed("list", Sorted),
    needed("name", Sorted),
    needed("filter", Document),
    needed("order_by", Document),
    needed("columns", Document),
    *history(),
)

stage_change = sa.Table(
    "stage_change",
    metadata,
    identifier(),
    needed("customer_id", Id),
    needed("before", Sorted),
    needed("after", Sorted),
    needed("changed_at", Moment),
    sa.Column("changed_by", Id),
    sa.Column("reason", Sorted),
)
