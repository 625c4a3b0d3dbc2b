"""The tables behind custom fields; each service with such fields has its own."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from crm_common.protocol.declare import snake

_TABLES = """
CREATE TABLE IF NOT EXISTS custom_field (
    id uuid PRIMARY KEY,
    record text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    name_en text COLLATE "C",
    description text,
    max_length integer,
    required boolean NOT NULL,
    "unique" boolean NOT NULL,
    searchable boolean NOT NULL,
    sortable boolean NOT NULL,
    in_list boolean NOT NULL,
    options jsonb NOT NULL,
    position integer NOT NULL,
    index_state text COLLATE "C" NOT NULL,
    archived_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (record, key)
);
-- all definitions of a kind of record in one row: whoever locks it sees its latest state, in one round trip
CREATE TABLE IF NOT EXISTS custom_revision (
    record text COLLATE "C" PRIMARY KEY,
    revision bigint NOT NULL,
    fields jsonb NOT NULL
);
-- what is indexed of the values; the values themselves are in the records' column "custom"
CREATE TABLE IF NOT EXISTS custom_value (
    entity_id uuid NOT NULL,
    field_id uuid NOT NULL,
    place smallint NOT NULL,
    text text COLLATE "C",
    sort text COLLATE "C",
    number numeric,
    date date,
    moment timestamptz,
    claim text COLLATE "C",
    PRIMARY KEY (field_id, entity_id, place)
);
CREATE UNIQUE INDEX IF NOT EXISTS custom_value_claim ON custom_value (field_id, claim) WHERE claim IS NOT NULL;
CREATE INDEX IF NOT EXISTS custom_value_text ON custom_value (field_id, text, entity_id) WHERE text IS NOT NULL;
CREATE INDEX IF NOT EXISTS custom_value_sort ON custom_value (field_id, sort, entity_id) WHERE sort IS NOT NULL;
CREATE INDEX IF NOT EXISTS custom_value_number ON custom_value (field_id, number, entity_id) WHERE number IS NOT NULL;
CREATE INDEX IF NOT EXISTS custom_value_date ON custom_value (field_id, date, entity_id) WHERE date IS NOT NULL;
CREATE INDEX IF NOT EXISTS custom_value_moment ON custom_value (field_id, moment, entity_id) WHERE moment IS NOT NULL;
-- In a function, as each of its statements sees what was committed before it: after the lock, not before.
-- Advisory locks, as those of a row are written into it: all who create records would meet there.
CREATE OR REPLACE FUNCTION custom_definitions(wanted text, alone boolean)
RETURNS TABLE (revision bigint, fields text) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF alone THEN
        PERFORM pg_advisory_xact_lock(1668641382, hashtext(wanted));
    ELSE
        PERFORM pg_advisory_xact_lock_shared(1668641382, hashtext(wanted));
    END IF;
    RETURN QUERY SELECT r.revision, r.fields::text FROM custom_revision r WHERE r.record = wanted;
END $$;
"""

# For who knows the definitions: the lock, and a failure that has the change repeated where they are others by now.
_EXPECTING = """
CREATE OR REPLACE FUNCTION custom_expect(wanted text, known bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1668641382, hashtext(wanted));
    IF NOT EXISTS (SELECT FROM custom_revision r WHERE r.record = wanted AND r.revision = known) THEN
        RAISE serialization_failure USING MESSAGE = 'the definitions of ' || wanted || ' were changed meanwhile';
    END IF;
END $$;
"""

_metadata = sa.MetaData()
_text = sa.Text(collation="C")
custom_field = sa.Table(
    "custom_field",
    _metadata,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    *(sa.Column(name, _text, nullable=False) for name in ("record", "key", "type", "name", "index_state")),
    sa.Column("name_en", _text),
    sa.Column("description", _text),
    sa.Column("max_length", sa.Integer),
    *(
        sa.Column(name, sa.Boolean, nullable=False)
        for name in ("required", "unique", "searchable", "sortable", "in_list")
    ),
    sa.Column("options", JSONB, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("archived_at", sa.DateTime(timezone=True)),
    *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("created_at", "updated_at")),
    sa.Column("version", sa.Integer, nullable=False),
)


def create(op: Any, record: str) -> None:
    """In a migration: the tables (once per service), the record's place in them, and the column of its table.

    ``record`` is the view's name without ``View``; its table is that in snake_case (``Customer``, ``customer``).
    """
    op.execute(_TABLES)
    op.execute(f"ALTER TABLE {snake(record)} ADD COLUMN IF NOT EXISTS custom jsonb NOT NULL DEFAULT '{{}}'")
    op.execute(f"ALTER TABLE {snake(record)} ALTER COLUMN custom SET DEFAULT '{{}}'")
    op.execute(
        f"INSERT INTO custom_revision (record, revision, fields) VALUES ('{record}', 1, '[]') ON CONFLICT DO NOTHING"
    )


def create_expecting(op: Any) -> None:
    """In a later migration than `create`: what ``writing.checked`` asks."""
    op.execute(_EXPECTING)
