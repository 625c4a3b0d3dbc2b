"""The table of exports: what was asked for, by whom, why, and where the file lies."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from crm_common.protocol.exporting import ExportOffer
from crm_common.reading import Binding, bind

_TABLE = """
CREATE TABLE export_job (
    id uuid PRIMARY KEY,
    kind text NOT NULL COLLATE "C",
    state text NOT NULL COLLATE "C" DEFAULT 'RUNNING',
    format text NOT NULL,
    owner_id uuid NOT NULL,
    asked json NOT NULL,
    reason text,
    rows integer NOT NULL DEFAULT 0,
    problem text,
    key text,
    actor json NOT NULL,
    language text NOT NULL,
    correlation_id text NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    fencing bigint NOT NULL DEFAULT 0,
    lease_until timestamptz
);
CREATE INDEX export_job_owner ON export_job (owner_id, created_at DESC, id);
CREATE INDEX export_job_kept ON export_job (finished_at) WHERE key IS NOT NULL;
CREATE INDEX export_job_work ON export_job (created_at) WHERE state = 'RUNNING';
"""

EXPORT_JOB = sa.Table(
    "export_job",
    sa.MetaData(),
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    *(sa.Column(name, sa.Text(collation="C"), nullable=False) for name in ("kind", "state")),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("owner_id", UUID(as_uuid=True), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("problem", sa.Text),
    sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("finished_at", sa.TIMESTAMP(timezone=True)),
)


def create_exports(op: Any) -> None:
    """Make the table (``op``: Alembic's operations)."""
    op.get_bind().exec_driver_sql(_TABLE)


def export_binding(offer: ExportOffer) -> Binding:
    """The binding of the service's view of exports, for its ``Views``: everybody sees his own."""
    return bind(offer.view, EXPORT_JOB, where="{t}.owner_id = {me}", default_order=("-created_at",))
