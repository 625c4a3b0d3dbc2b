"""The tables of imports: a job per file, and of its rows those that are needed for the error file and for an undo."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from crm_common.protocol.importing import ImportOffer
from crm_common.reading import Binding, bind

_TABLES = """
CREATE TABLE import_job (
    id uuid PRIMARY KEY,
    kind text NOT NULL COLLATE "C",
    state text NOT NULL COLLATE "C",
    policy text NOT NULL,
    file_name text NOT NULL,
    owner_id uuid NOT NULL,
    bulk boolean NOT NULL,
    digest text,
    header json,
    mapping json,
    total integer,
    done integer NOT NULL DEFAULT 0,
    done_row integer NOT NULL DEFAULT 0,
    created integer NOT NULL DEFAULT 0,
    updated integer NOT NULL DEFAULT 0,
    skipped integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    taken_back integer NOT NULL DEFAULT 0,
    kept integer NOT NULL DEFAULT 0,
    problem text,
    errors_key text,
    kept_key text,
    actor json,
    language text NOT NULL DEFAULT 'zh',
    correlation_id text,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    fencing bigint NOT NULL DEFAULT 0,
    holder text,
    lease_until timestamptz,
    forgotten boolean NOT NULL DEFAULT false
);
CREATE INDEX import_job_kept ON import_job (created_at) WHERE NOT forgotten;
CREATE INDEX import_job_owner ON import_job (owner_id, created_at DESC, id);
CREATE INDEX import_job_work ON import_job (created_at) WHERE state IN ('RUNNING', 'UNDOING');
CREATE TABLE import_row (
    job_id uuid NOT NULL REFERENCES import_job,
    number integer NOT NULL,
    outcome text NOT NULL,
    record_id uuid,
    reason json,
    PRIMARY KEY (job_id, number)
);
CREATE INDEX import_row_created ON import_row (job_id, number) WHERE outcome = 'CREATED';
"""

IMPORT_JOB = sa.Table(
    "import_job",
    sa.MetaData(),
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    *(sa.Column(name, sa.Text(collation="C"), nullable=False) for name in ("kind", "state")),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("policy", "file_name")),
    sa.Column("owner_id", UUID(as_uuid=True), nullable=False),
    sa.Column("total", sa.Integer),
    *(
        sa.Column(name, sa.Integer, nullable=False)
        for name in ("done", "created", "updated", "skipped", "failed", "taken_back", "kept")
    ),
    sa.Column("problem", sa.Text),
    sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("finished_at", sa.TIMESTAMP(timezone=True)),
)


def create_imports(op: Any) -> None:
    """Make the tables (``op``: Alembic's operations)."""
    op.get_bind().exec_driver_sql(_TABLES)


def import_binding(offer: ImportOffer) -> Binding:
    """The binding of the service's view of imports, for its ``Views``: everybody sees his own."""
    return bind(offer.view, IMPORT_JOB, where="{t}.owner_id = {me}", default_order=("-created_at",))
