"""Articles."""

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


def upgrade() -> None:
    """Make the tables."""
    op.get_bind().exec_driver_sql(_ARTICLES, execution_options={"no_parameters": True})
