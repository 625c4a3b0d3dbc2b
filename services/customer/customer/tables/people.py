"""What belongs to a customer: contacts, follow-ups, interests, needs, relations, dates, and the stream of them all."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Ids, Moment, Sorted, Words, history, identifier, needed
from customer.tables.metadata import metadata

contact = sa.Table(
    "contact",
    metadata,
    identifier(),
    needed("customer_id", Id),
    needed("name", Sorted),
    needed("name_key", Sorted),
    sa.Column("title", Sorted),
    sa.Column("department", Sorted),
    sa.Column("email", Sorted),
    sa.Column("address", Sorted),
    sa.Column("birthday", sa.Date),
    sa.Column("hobbies", Sorted),
    needed("social", Words),
    sa.Column("role", Sorted),
    sa.Column("remark", Sorted),
    sa.Column("deleted_at", Moment),
    sa.Column("created_by", Id),
    *history(),
)

contact_phone = sa.Table(
    "contact_phone",
    metadata,
    identifier(),
    needed("contact_id", Id),
    needed("customer_id", Id),  # whose owner may see the number
    needed("place", sa.Integer),
    sa.Column("label", Sorted),
    needed("number_cipher", sa.LargeBinary),
    needed("number_mask", Sorted),
    needed("number_index", sa.LargeBinary),  # keyed hash of the normalised number
)

follow_up = sa.Table(
    "follow_up",
    metadata,
    identifier(),
    needed("customer_id", Id),
    needed("author_id", Id),
    needed("type", Sorted),
    needed("content", Sorted),
    sa.Column("attitude", Sorted),
    sa.Column("stage", Sorted),
    sa.Column("next_contact_at", Moment),
    needed("file_ids", Ids),
    sa.Column("told_at", Moment),  # when the reminder went out, or another next contact took its place
    *history(),
)

interest = sa.Table(
    "interest",
    metadata,
    identifier(),
    needed("customer_id", Id),
    needed("follow_up_id", Id),
    sa.Column("product_id", Id),
    needed("name", Sorted),
    needed("name_fold", Sorted),
    needed("noted_at", Moment),
)

need = sa.Table(
    "need",
    metadata,
    identifier(),
    needed("customer_id", Id),
    needed("content", Sorted),
    needed("status", Sorted),
    sa.Column("remark", Sorted),
    sa.Column("created_by", Id),
    *history(),
)

relation = sa.Table(
    "relation",
    metadata,
    identifier(),
    needed("customer_id", Id),
    needed("kind", Sorted),
    needed("other_id", Id),
    sa.Column("remark", Sorted),
    sa.Column("created_by", Id),
    needed("created_at", Moment),
)

important_date = sa.Table(
    "important_date",
    metadata,
    identifier(),
    needed("customer_id", Id),
    sa.Column("contact_id", Id),
    needed("kind", Sorted),
    needed("title", Sorted),
    needed("day", sa.Date),
    needed("yearly", sa.Boolean),
    sa.Column("created_by", Id),
    *history(),
)

timeline_entry = sa.Table(
    "timeline_entry",
    # a view: not among the tables that are made
    sa.MetaData(),
    identifier(),
    needed("customer_id", Id),
    needed("subject", sa.Text),
    needed("happened_at", Moment),
    needed("channel", Sorted),
    needed("kind", Sorted),
    sa.Column("text", Sorted),
    sa.Column("employee_id", Id),
    sa.Column("reference_id", Id),
)

caller_card = sa.Table(
    "caller_card",
    sa.MetaData(),
    identifier(),
    needed("customer_id", Id),
    needed("customer_name", Sorted),
    sa.Column("contact_id", Id),
    sa.Column("contact_name", Sorted),
    needed("number_index", sa.LargeBinary),
    sa.Column("phone", Sorted),
    needed("holding", Sorted),
    sa.Column("owner_id", Id),
    needed("stage", Sorted),
    sa.Column("level", Sorted),
)
