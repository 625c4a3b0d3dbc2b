"""Customers: who they are, in whose hands, and since when."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Document, Id, Moment, Sorted, Words, history, identifier, needed
from customer.tables.metadata import metadata

customer = sa.Table(
    "customer",
    metadata,
    identifier(),
    needed("kind", Sorted),
    needed("name", Sorted),
    needed("name_fold", Sorted),  # what makes two names the same: NFKC, trimmed, case folded
    needed("name_key", Sorted),  # by which lists are sorted: pinyin
    needed("name_terms", Words),  # by which one or two characters are found
    needed("phone_cipher", sa.LargeBinary),
    needed("phone_mask", Sorted),
    needed("phone_index", sa.LargeBinary),  # keyed hash of the normalised number
    needed("holding", Sorted),
    sa.Column("owner_id", Id),
    sa.Column("queue_department_id", Id),
    sa.Column("pool_id", Id),
    sa.Column("queued_at", Moment),
    sa.Column("queue_told_at", Moment),
    needed("stage", Sorted),
    sa.Column("region", Sorted),
    sa.Column("industry", Sorted),
    sa.Column("nature", Sorted),
    sa.Column("source", Sorted),
    sa.Column("level", Sorted),
    sa.Column("address", Sorted),
    sa.Column("email", Sorted),
    sa.Column("fax", Sorted),
    sa.Column("website", Sorted),
    sa.Column("sex", Sorted),
    sa.Column("birth_date", sa.Date),
    sa.Column("profession", Sorted),
    sa.Column("remark", Sorted),
    sa.Column("hobbies", Sorted),
    sa.Column("preferences", Sorted),
    sa.Column("pain_points", Sorted),
    sa.Column("preferred_channel", Sorted),
    sa.Column("preferred_time", Sorted),
    sa.Column("social_accounts", Sorted),
    sa.Column("customer_class", Sorted),
    needed("tags", Words),
    needed("hot", sa.Boolean),
    needed("completeness", sa.Integer),
    needed("custom", Document),
    # the clock of the holding (CUS-15, 17): the anchor is the latest of ownership and sales records
    sa.Column("owned_since", Moment),
    sa.Column("anchor_at", Moment),
    sa.Column("anchor_extra_days", sa.Integer),
    sa.Column("last_follow_up_at", Moment),
    sa.Column("next_contact_at", Moment),
    sa.Column("signed_at", Moment),
    sa.Column("dealt_at", Moment),
    sa.Column("warned_at", Moment),
    sa.Column("pool_entered_at", Moment),
    sa.Column("pool_reason", Sorted),
    needed("times_in_pool", sa.Integer),
    sa.Column("last_owner_id", Id),
    sa.Column("last_owner_lost_at", Moment),
    sa.Column("trashed_at", Moment),
    sa.Column("merged_into_id", Id),
    sa.Column("created_by", Id),
    sa.Column("import_id", Id),
    *history(),
)
