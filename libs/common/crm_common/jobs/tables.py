"""The table of runs: one row for each due run and each run somebody asked for."""

from __future__ import annotations

from typing import Any

_JOB_RUN = """
CREATE TABLE job_run (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    scheduled_for timestamptz NOT NULL,
    now timestamptz,
    asked_by text,
    dry_run boolean NOT NULL DEFAULT false,
    correlation_id text NOT NULL,
    holder text,
    fencing bigint NOT NULL DEFAULT 1,
    lease_until timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    checkpoint json,
    report json,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    outcome text CHECK (outcome IN ('DONE', 'FAILED', 'SKIPPED')),
    error text
);
-- a due time is worked on once, whoever sees it first
CREATE UNIQUE INDEX job_run_due ON job_run (name, scheduled_for) WHERE asked_by IS NULL;
-- a job does not run beside itself
CREATE UNIQUE INDEX job_run_open ON job_run (name) WHERE outcome IS NULL;
CREATE INDEX job_run_latest ON job_run (name, started_at DESC);
"""


def create_job_run(op: Any) -> None:
    """Make the table (``op``: Alembic's operations); part of the baseline of every service."""
    op.get_bind().exec_driver_sql(_JOB_RUN)
