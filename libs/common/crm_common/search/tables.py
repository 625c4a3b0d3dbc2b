"""The tables of search: documents (where PostgreSQL is the store), how far the index is, and what was asked."""

from __future__ import annotations

from typing import Any

from crm_common.provision import runtime_role

_SEARCH = """
-- live: the generation that is asked, 0 before there is one; building: the next one, while it is filled
CREATE TABLE search_state (
    id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    generation bigint NOT NULL DEFAULT 0,
    live bigint NOT NULL DEFAULT 0,
    building bigint,
    asked boolean NOT NULL DEFAULT true,
    reached jsonb,
    position text,
    built_at timestamptz
);
INSERT INTO search_state DEFAULT VALUES;
CREATE TABLE search_document (
    generation bigint NOT NULL,
    type text NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    deleted boolean NOT NULL,
    owners uuid[] NOT NULL,
    length integer NOT NULL,
    names text COLLATE "C" NOT NULL,
    texts text COLLATE "C" NOT NULL,
    terms text[] COLLATE "C" NOT NULL,
    PRIMARY KEY (generation, type, id)
-- with room for a document's next version beside it: where only its owners changed, no index has to know
) WITH (fillfactor = 85);
-- without a list of pending entries, which every question would have to read through
CREATE INDEX search_document_terms ON search_document USING gin (terms) WITH (fastupdate = off);
-- measures: how often something was asked on a day, how many hits were shown, how often none
CREATE TABLE search_query (
    day date NOT NULL,
    text text COLLATE "C" NOT NULL,
    searches bigint NOT NULL,
    hits bigint NOT NULL,
    without_result bigint NOT NULL,
    PRIMARY KEY (day, text)
);
"""


def create_search(op: Any) -> None:
    """Make the tables (``op``: Alembic's operations): called by a revision of each service that offers search."""
    connection = op.get_bind()
    connection.exec_driver_sql(_SEARCH)
    # the state is one row for ever
    connection.exec_driver_sql(f"REVOKE INSERT, DELETE ON search_state FROM {runtime_role(connection)}")
