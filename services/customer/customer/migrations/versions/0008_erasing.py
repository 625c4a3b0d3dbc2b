"""Erasure on request, pools of their own rules, purchases."""

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

_PURCHASES = """
CREATE TABLE purchase (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id),
    order_id uuid,
    system text COLLATE "C",
    external_id text COLLATE "C",
    line integer NOT NULL,
    product_id uuid,
    product_name text COLLATE "C" NOT NULL,
    quantity numeric(18,4) NOT NULL CHECK (quantity >= 0),
    unit text COLLATE "C" NOT NULL,
    amount numeric(18,2) NOT NULL CHECK (amount >= 0),
    currency text COLLATE "C" NOT NULL,
    bought_at timestamptz NOT NULL,
    -- of an order of ours, or of another system's: and each line once
    CHECK (num_nonnulls(order_id, external_id) = 1 AND (system IS NULL) = (external_id IS NULL)),
    UNIQUE (order_id, line),
    UNIQUE (system, external_id, line)
);
-- how often an order was approved, and how often that was undone: the two are heard in whatever order
CREATE TABLE bought_order (
    order_id uuid PRIMARY KEY,
    approvals integer NOT NULL DEFAULT 0,
    undone integer NOT NULL DEFAULT 0
);
CREATE INDEX purchase_customer ON purchase (customer_id, bought_at DESC, id);
CREATE INDEX purchase_newest ON purchase (bought_at, id);
CREATE VIEW purchased_product AS
    SELECT md5(customer_id::text || coalesce(product_id::text, product_name) || currency)::uuid AS id, customer_id,
        product_id, max(product_name) AS product_name, currency, count(*)::integer AS times, sum(quantity) AS quantity,
        sum(amount)::numeric(18,2) AS amount, min(bought_at) AS first_at, max(bought_at) AS last_at
    FROM purchase GROUP BY customer_id, product_id, coalesce(product_id::text, product_name), currency;
"""


def upgrade() -> None:
    """Make the tables."""
    sealing.create(op)
    for statements in (_POOLS, _LISTS, _QUEUES, _PURCHASES):
        op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
