"""Leads, what was said to them, how they are scored and given out, and the forms they come by."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Ids, Moment, Sorted, Words, history, identifier, needed
from customer.tables.metadata import metadata

lead = sa.Table(
    "lead",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("name_key", Sorted),
    sa.Column("company", Sorted),
    sa.Column("email", Sorted),
    sa.Column("email_fold", Sorted),
    sa.Column("phone_cipher", sa.LargeBinary),
    sa.Column("phone_mask", Sorted),
    sa.Column("phone_index", sa.LargeBinary),
    needed("status", Sorted),
    sa.Column("source", Sorted),
    sa.Column("campaign", Sorted),
    sa.Column("region", Sorted),
    sa.Column("industry", Sorted),
    sa.Column("level", Sorted),
    sa.Column("remark", Sorted),
    sa.Column("score", sa.Integer),
    needed("spam", sa.Boolean),
    sa.Column("owner_id", Id),
    sa.Column("invalid_reason", Sorted),
    sa.Column("last_follow_up_at", Moment),
    sa.Column("next_contact_at", Moment),
    sa.Column("customer_id", Id),
    sa.Column("contact_id", Id),
    sa.Column("form_id", Id),
    sa.Column("created_by", Id),
    *history(),
)

lead_follow_up = sa.Table(
    "lead_follow_up",
    metadata,
    identifier(),
    needed("lead_id", Id),
    needed("author_id", Id),
    needed("type", Sorted),
    needed("content", Sorted),
    sa.Column("attitude", Sorted),
    sa.Column("stage", Sorted),
    sa.Column("next_contact_at", Moment),
    needed("created_at", Moment),
)

lead_score_rule = sa.Table(
    "lead_score_rule",
    metadata,
    identifier(),
    needed("place", sa.Integer),
    needed("field", Sorted),
    needed("values_in", Words),
    needed("points", sa.Integer),
)

assign_rule = sa.Table(
    "assign_rule",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("place", sa.Integer),
    needed("active", sa.Boolean),
    needed("kind", Sorted),
    needed("regions", Words),
    needed("industries", Words),
    needed("sources", Words),
    needed("levels", Words),
    needed("way", Sorted),
    needed("employee_ids", Ids),
    needed("turn", sa.BigInteger),
    *history(),
)

capture_form = sa.Table(
    "capture_form",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("key", Sorted),
    needed("source", Sorted),
    sa.Column("campaign", Sorted),
    needed("active", sa.Boolean),
    needed("per_minute", sa.Integer),
    needed("minute", Moment),
    needed("taken", sa.Integer),
    *history(),
)
