"""Articles, and recordings of calls."""

from __future__ import annotations

from alembic import op

revision = "0002_articles"
down_revision = "0001_documents"

_ARTICLES = """
CREATE TABLE article (
    id uuid PRIMARY KEY,
    title text COLLATE "C" NOT NULL,
    title_key text COLLATE "C" NOT NULL,
    body text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    category_id uuid REFERENCES document_category,
    author_id uuid NOT NULL,
    department_ids uuid[] NOT NULL,
    document_ids uuid[] NOT NULL,
    published_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX article_order ON article (published_at, id);
CREATE INDEX article_category ON article (category_id, id);
CREATE TABLE article_reading (
    article_id uuid NOT NULL REFERENCES article ON DELETE CASCADE,
    employee_id uuid NOT NULL,
    read_at timestamptz NOT NULL,
    PRIMARY KEY (article_id, employee_id)
);
"""
_RECORDINGS = """
CREATE TABLE recording (
    id uuid PRIMARY KEY,
    call text COLLATE "C" NOT NULL,
    employee_id uuid NOT NULL,
    object_key text COLLATE "C" NOT NULL,
    content_type text COLLATE "C" NOT NULL,
    size integer NOT NULL,
    sha256 text COLLATE "C" NOT NULL,
    recorded_at timestamptz NOT NULL,
    keep_until timestamptz NOT NULL
);
CREATE INDEX recording_order ON recording (recorded_at, id);
CREATE INDEX recording_employee ON recording (employee_id, recorded_at, id);
CREATE INDEX recording_call ON recording (call);
CREATE INDEX recording_due ON recording (keep_until);
"""


def upgrade() -> None:
    """Make the tables."""
    for statements in (_ARTICLES, _RECORDINGS):
        op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
