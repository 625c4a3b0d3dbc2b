"""Files, their versions, links and what awaits its upload."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA

from crm_common.columns import Id, Moment, Sorted, Words, history, identifier, needed
from documents.tables.metadata import metadata

upload = sa.Table(
    "upload",
    metadata,
    identifier(),
    sa.Column("document_id", Id),
    needed("is_new", sa.Boolean),
    needed("name", Sorted),
    needed("content_type", Sorted),
    needed("size", sa.BigInteger),
    needed("sha256", Sorted),
    sa.Column("category_id", Id),
    needed("tags", Words),
    needed("by_id", Id),
    needed("expires_at", Moment),
    sa.Column("confirmed_at", Moment),
)
document = sa.Table(
    "document",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("name_key", Sorted),
    needed("content_type", Sorted),
    needed("size", sa.Integer),
    needed("sha256", Sorted),
    needed("state", Sorted),
    needed("number", sa.Integer),
    sa.Column("category_id", Id),
    needed("tags", Words),
    sa.Column("owner_id", Id),
    needed("is_linked", sa.Boolean),
    needed("is_archived", sa.Boolean),
    needed("is_encrypted", sa.Boolean),
    sa.Column("published_at", Moment),
    sa.Column("deleted_at", Moment),
    *history(),
)
document_version = sa.Table(
    "document_version",
    metadata,
    identifier(),
    needed("document_id", Id),
    needed("number", sa.Integer),
    needed("object_key", Sorted),
    needed("content_type", Sorted),
    needed("size", sa.Integer),
    needed("sha256", Sorted),
    sa.Column("sealed_key", BYTEA),
    sa.Column("recovery_key", BYTEA),
    sa.Column("restored_from", sa.Integer),
    sa.Column("created_by_id", Id),
    needed("created_at", Moment),
)
document_text = sa.Table(
    "document_text",
    metadata,
    sa.Column("document_id", Id, primary_key=True),
    needed("number", sa.Integer),
    needed("text", sa.Text),
    needed("state", Sorted),
)
document_link = sa.Table(
    "document_link",
    metadata,
    identifier(),
    needed("document_id", Id),
    needed("subject", Sorted),
    needed("kind", Sorted),
    needed("created_at", Moment),
)
document_grant = sa.Table(
    "document_grant",
    metadata,
    identifier(),
    needed("document_id", Id),
    sa.Column("employee_id", Id),
    sa.Column("department_id", Id),
    sa.Column("role_id", Id),
    needed("rights", Words),
    needed("created_at", Moment),
)
document_access = sa.Table(
    "document_access",
    metadata,
    identifier(),
    needed("document_id", Id),
    needed("document_name", Sorted),
    needed("number", sa.Integer),
    needed("employee_id", Id),
    needed("action", Sorted),
    sa.Column("address", Sorted),
    needed("at", Moment),
)
document_category = sa.Table(
    "document_category",
    metadata,
    identifier(),
    sa.Column("parent_id", Id),
    needed("name", Sorted),
    needed("rank", sa.Integer),
    *history(),
)
document_recovery = sa.Table(
    "document_recovery",
    metadata,
    identifier(),
    needed("document_id", Id),
    needed("reason", Sorted),
    needed("requested_by_id", Id),
    needed("requested_at", Moment),
    sa.Column("approved_by_id", Id),
    sa.Column("approved_at", Moment),
)
