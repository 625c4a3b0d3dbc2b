"""The tables behind every change: journal, outbox, inbox, order of subjects, idempotency and holds."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from crm_common.journal import partitions
from crm_common.provision import runtime_role

# Privileges on these are narrowed after creation: the runtime role may add to them and read them, nothing else.
INSERT_ONLY = ("journal", "journal_event", "journal_chain")

_JOURNAL = """
CREATE TABLE subject_head (
    subject text PRIMARY KEY,
    seq bigint NOT NULL
) WITH (fillfactor = 80);

CREATE SEQUENCE journal_position;
CREATE TABLE journal (
    position bigint NOT NULL DEFAULT nextval('journal_position'),
    txid bigint NOT NULL,
    event_id uuid NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    seq bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    actor text,
    actor_name text,
    address text,
    client text,
    correlation_id text,
    causation_id text,
    traceparent text,
    data_version integer NOT NULL,
    data json NOT NULL
) PARTITION BY RANGE (occurred_at);
CREATE INDEX journal_subject ON journal (subject, seq);
CREATE INDEX journal_order ON journal (txid, position);
CREATE INDEX journal_event_id ON journal (event_id);
CREATE INDEX journal_correlation ON journal (correlation_id);
CREATE INDEX journal_time ON journal (occurred_at, position);
CREATE INDEX journal_type ON journal (type, occurred_at);
CREATE INDEX journal_actor ON journal (actor, occurred_at);
CREATE TABLE journal_default PARTITION OF journal DEFAULT;

-- A unique index of a partitioned table must hold the partition key; an id is unique whatever time it carries.
CREATE TABLE journal_event (
    event_id uuid PRIMARY KEY
);

-- Transaction ids start anew in a restored copy; the shift keeps (txid, position) growing (see partitions.py).
CREATE TABLE journal_epoch (
    id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    shift bigint NOT NULL
);
INSERT INTO journal_epoch (shift) VALUES (0);

CREATE TABLE journal_chain (
    id bigint PRIMARY KEY,
    after_txid bigint NOT NULL,
    after_position bigint NOT NULL,
    to_txid bigint NOT NULL,
    to_position bigint NOT NULL,
    events bigint NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    made_at timestamptz NOT NULL
);
"""

# Queues live by quick vacuuming: their dead rows lie where the next ones are looked for.
_QUEUE = "autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0"

_QUEUES = f"""
CREATE TABLE outbox (
    position bigint PRIMARY KEY,
    txid bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    subject text NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    next_try timestamptz,
    problem text
) WITH ({_QUEUE});
CREATE INDEX outbox_stuck ON outbox (subject, position) WHERE attempts > 0;

CREATE TABLE inbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    type text NOT NULL,
    source text NOT NULL,
    subject text NOT NULL,
    seq bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    actor text,
    correlation_id text,
    causation_id text,
    traceparent text,
    data_version integer NOT NULL,
    data json,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'parked', 'done')),
    attempts integer NOT NULL DEFAULT 0,
    next_try timestamptz NOT NULL DEFAULT '-infinity',
    problem text,
    stored_at timestamptz NOT NULL DEFAULT now(),
    done_at timestamptz,
    UNIQUE (consumer, event_id)
) WITH ({_QUEUE});
CREATE INDEX inbox_waiting ON inbox (consumer, source, subject, seq, id) WHERE state = 'waiting';
CREATE INDEX inbox_parked ON inbox (consumer, source, subject, seq, id) WHERE state = 'parked';
CREATE INDEX inbox_done ON inbox (done_at) WHERE state = 'done';
"""

_GUARDS = """
CREATE TABLE idempotency (
    actor text NOT NULL,
    operation text NOT NULL,
    key text NOT NULL,
    body bytea NOT NULL,
    answer json,
    stored_at timestamptz NOT NULL,
    PRIMARY KEY (actor, operation, key)
);
CREATE INDEX idempotency_age ON idempotency (stored_at);

CREATE TABLE hold (
    subject text NOT NULL,
    reference text NOT NULL,
    reason text NOT NULL,
    held_by text,
    held_at timestamptz NOT NULL,
    PRIMARY KEY (subject, reference)
);
CREATE INDEX hold_age ON hold (held_at, subject, reference);
"""

journal = sa.Table(
    "journal",
    sa.MetaData(),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("txid", sa.BigInteger, nullable=False),
    sa.Column("event_id", UUID(as_uuid=True), nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("actor", sa.Text),
    sa.Column("actor_name", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("client", sa.Text),
    sa.Column("correlation_id", sa.Text),
    sa.Column("causation_id", sa.Text),
    sa.Column("traceparent", sa.Text),
    sa.Column("data_version", sa.Integer, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
)
"""The journal for views that show it (the audit log); everything that writes it is in ``write.py``."""


def create(op: Any) -> None:
    """Make the tables (``op``: Alembic's operations, as the database's owner) and narrow what the runtime role may."""
    for ddl in (_JOURNAL, _QUEUES, _GUARDS, partitions.FUNCTION):
        # several statements in one text, in which a % is a %
        op.get_bind().exec_driver_sql(ddl, execution_options={"no_parameters": True})
    role = runtime_role(op.get_bind())
    for table in INSERT_ONLY:
        op.execute(f"REVOKE ALL ON {table} FROM {role}")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {role}")
    op.execute(f"REVOKE ALL ON journal_default, journal_epoch FROM {role}")
    op.execute(f"GRANT SELECT ON journal_epoch TO {role}")
    op.execute(f"GRANT EXECUTE ON FUNCTION journal_make_partitions TO {role}")
    op.execute("SELECT journal_make_partitions(CURRENT_DATE, 3)")
