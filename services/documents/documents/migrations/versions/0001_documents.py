"""Files with their versions, links, rights, texts, categories, and who took them."""

from __future__ import annotations

from alembic import op

from crm_common import migrations
from crm_common.search.tables import create_search

revision = "0001_documents"
down_revision = None

_UPLOADS = """
CREATE TABLE upload (
    id uuid PRIMARY KEY,
    document_id uuid NOT NULL,
    is_new boolean NOT NULL,
    name text COLLATE "C" NOT NULL,
    content_type text COLLATE "C" NOT NULL,
    size bigint NOT NULL,
    sha256 text COLLATE "C" NOT NULL,
    category_id uuid,
    tags text[] COLLATE "C" NOT NULL,
    by_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    confirmed_at timestamptz
);
CREATE INDEX upload_waiting ON upload (expires_at) WHERE confirmed_at IS NULL;
"""
_CATEGORIES = """
CREATE TABLE document_category (
    id uuid PRIMARY KEY,
    parent_id uuid REFERENCES document_category,
    name text COLLATE "C" NOT NULL,
    rank integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE NULLS NOT DISTINCT (parent_id, name)
);
"""
_DOCUMENTS = """
CREATE TABLE document (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    content_type text COLLATE "C" NOT NULL,
    size integer NOT NULL,
    sha256 text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    category_id uuid REFERENCES document_category,
    tags text[] COLLATE "C" NOT NULL,
    owner_id uuid,
    is_linked boolean NOT NULL DEFAULT false,
    is_archived boolean NOT NULL DEFAULT false,
    is_encrypted boolean NOT NULL DEFAULT false,
    published_at timestamptz,
    deleted_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX document_order ON document (created_at, id);
CREATE INDEX document_name ON document (name_key, id);
CREATE INDEX document_owner ON document (owner_id, created_at, id);
CREATE INDEX document_sha256 ON document (sha256);
CREATE INDEX document_category_of ON document (category_id, id);
CREATE INDEX document_tags ON document USING gin (tags);
CREATE INDEX document_bin ON document (deleted_at) WHERE deleted_at IS NOT NULL;
"""
_VERSIONS = """
CREATE TABLE document_version (
    id uuid PRIMARY KEY,
    document_id uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    number integer NOT NULL,
    object_key text COLLATE "C" NOT NULL,
    content_type text COLLATE "C" NOT NULL,
    size integer NOT NULL,
    sha256 text COLLATE "C" NOT NULL,
    sealed_key bytea,
    recovery_key bytea,
    restored_from integer,
    created_by_id uuid,
    created_at timestamptz NOT NULL,
    UNIQUE (document_id, number)
);
CREATE TABLE document_text (
    document_id uuid PRIMARY KEY REFERENCES document ON DELETE CASCADE,
    number integer NOT NULL,
    text text NOT NULL,
    state text COLLATE "C" NOT NULL
);
CREATE INDEX document_text_waiting ON document_text (document_id) WHERE state = 'WAITING';
"""
_RIGHTS = """
CREATE TABLE document_link (
    id uuid PRIMARY KEY,
    document_id uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    subject text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (document_id, subject, kind)
);
CREATE INDEX document_link_subject ON document_link (subject, document_id);
CREATE TABLE document_grant (
    id uuid PRIMARY KEY,
    document_id uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    employee_id uuid,
    department_id uuid,
    role_id uuid,
    rights text[] COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK (num_nonnulls(employee_id, department_id, role_id) = 1)
);
CREATE INDEX document_grant_document ON document_grant (document_id);
CREATE INDEX document_grant_employee ON document_grant (employee_id) WHERE employee_id IS NOT NULL;
CREATE INDEX document_grant_role ON document_grant (role_id) WHERE role_id IS NOT NULL;
"""
_RECOVERIES = """
CREATE TABLE document_recovery (
    id uuid PRIMARY KEY,
    document_id uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    reason text COLLATE "C" NOT NULL,
    requested_by_id uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    approved_by_id uuid CHECK (approved_by_id <> requested_by_id),
    approved_at timestamptz
);
CREATE INDEX document_recovery_of ON document_recovery (document_id, requested_by_id);
"""
_ACCESS = """
CREATE TABLE document_access (
    id uuid PRIMARY KEY,
    document_id uuid NOT NULL,
    document_name text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    employee_id uuid NOT NULL,
    action text COLLATE "C" NOT NULL,
    address text COLLATE "C",
    at timestamptz NOT NULL
);
CREATE INDEX document_access_at ON document_access (at, id);
CREATE INDEX document_access_document ON document_access (document_id, at, id);
"""


def upgrade() -> None:
    """Make the tables."""
    migrations.baseline(op)
    for statements in (_UPLOADS, _CATEGORIES, _DOCUMENTS, _VERSIONS, _RIGHTS, _RECOVERIES, _ACCESS):
        op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
    create_search(op)
