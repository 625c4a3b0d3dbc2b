"""Erasure on request, pools of their own rules."""

from __future__ import annotations

from alembic import op

from crm_common.journal import sealing

revision = "0008_erasing"
down_revision = "0007_merging"

_POOLS = """
ALTER TABLE pool ADD COLUMN archived boolean NOT NULL DEFAULT false, ADD CHECK (NOT (archived AND is_default));
ALTER TABLE reclaim_rule ADD COLUMN product_days jsonb NOT NULL DEFAULT '{}';

-- As it was, without pools that are archived.
CREATE OR REPLACE FUNCTION target_pool(wanted_region text, last_owner uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT p.id FROM pool p LEFT JOIN employee_ref e ON e.id = last_owner
    WHERE NOT p.archived AND (p.is_default OR cardinality(p.regions) > 0 OR cardinality(p.source_department_ids) > 0)
        AND (cardinality(p.regions) = 0 OR wanted_region = ANY (p.regions))
        AND (cardinality(p.source_department_ids) = 0 OR EXISTS (
            SELECT FROM unnest(p.source_department_ids) d WHERE e.department_path LIKE '%/' || d || '/%'))
    ORDER BY (cardinality(p.regions) > 0)::integer + (cardinality(p.source_department_ids) > 0)::integer DESC,
        p.rank, p.id
    LIMIT 1
$$;
"""

# One row, so that two who choose at once wait for one another; no columns: those that are shipped.
_LISTS = """
CREATE TABLE list_columns (
    id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    columns jsonb,
    version integer NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO list_columns DEFAULT VALUES;
"""

_QUEUES = """
ALTER TABLE customer ADD COLUMN queued_at timestamptz, ADD COLUMN queue_told_at timestamptz;
-- nothing else changes what waits in a queue
UPDATE customer SET queued_at = updated_at WHERE holding = 'DEPT_QUEUE';
CREATE INDEX customer_queue_waiting ON customer (queued_at, id) WHERE holding = 'DEPT_QUEUE' AND queue_told_at IS NULL;
"""


def upgrade() -> None:
    """Make the tables."""
    sealing.create(op)
    for statements in (_POOLS, _LISTS, _QUEUES):
        op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
