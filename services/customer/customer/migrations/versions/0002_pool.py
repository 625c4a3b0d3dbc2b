"""The pool: several pools, the ledger of claims, the history of holdings, rules."""

from __future__ import annotations

from alembic import op

from crm_common.provision import runtime_role

revision = "0002_pool"
down_revision = "0001_customers"

_POOL = """
CREATE TABLE pool (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    name_fold text COLLATE "C" NOT NULL,
    is_default boolean NOT NULL DEFAULT false,
    member_ids uuid[] NOT NULL DEFAULT '{}',
    admin_ids uuid[] NOT NULL DEFAULT '{}',
    source_department_ids uuid[] NOT NULL DEFAULT '{}',
    regions text[] COLLATE "C" NOT NULL DEFAULT '{}',
    rank integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE UNIQUE INDEX pool_name ON pool (name_fold);
CREATE UNIQUE INDEX pool_default ON pool (is_default) WHERE is_default;
-- where everything goes for which no other pool is meant; its id is the same in every company
INSERT INTO pool (id, name, name_fold, is_default, created_at, updated_at, version)
VALUES ('5f0e3f5e-0d8f-5c6a-9b5e-6d1a4a0c9001', '公海', '公海', true, now(), now(), 1);

-- Into which pool a customer goes: the most particular one whose regions and departments fit (BYD-03).
CREATE FUNCTION target_pool(wanted_region text, last_owner uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT p.id FROM pool p LEFT JOIN employee_ref e ON e.id = last_owner
    WHERE (p.is_default OR cardinality(p.regions) > 0 OR cardinality(p.source_department_ids) > 0)
        AND (cardinality(p.regions) = 0 OR wanted_region = ANY (p.regions))
        AND (cardinality(p.source_department_ids) = 0 OR EXISTS (
            SELECT FROM unnest(p.source_department_ids) d WHERE e.department_path LIKE '%/' || d || '/%'))
    ORDER BY (cardinality(p.regions) > 0)::integer + (cardinality(p.source_department_ids) > 0)::integer DESC,
        p.rank, p.id
    LIMIT 1
$$;
"""

# Claims are only ever added: giving a customer back refunds nothing (BYD-02).
_LEDGER = """
CREATE TABLE claim_ledger (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    department_id uuid,
    customer_id uuid NOT NULL,
    claimed_at timestamptz NOT NULL
);
CREATE INDEX claim_ledger_employee ON claim_ledger (employee_id, claimed_at);
CREATE INDEX claim_ledger_customer ON claim_ledger (customer_id, claimed_at);
-- Whoever holds the row of a person (or of a department) claims alone for it.
CREATE TABLE claim_quota (holder_id uuid PRIMARY KEY, calls bigint NOT NULL);
"""

_RECLAIM = """
ALTER TABLE customer ADD COLUMN warned_due_at timestamptz;
-- The rules of reclaim by day: a change holds from the next midnight of the company's zone on (CUS-15).
CREATE TABLE reclaim_rule (
    effective_from timestamptz PRIMARY KEY,
    reclaim_days integer NOT NULL DEFAULT 90,
    level_days jsonb NOT NULL DEFAULT '{}',
    no_contract_days integer NOT NULL DEFAULT 180,
    max_days integer NOT NULL DEFAULT 0,
    remind_days integer NOT NULL DEFAULT 1,
    require_reminder boolean NOT NULL DEFAULT false,
    exempt_dealt boolean NOT NULL DEFAULT false
);
INSERT INTO reclaim_rule (effective_from) VALUES ('-infinity');
-- Of a department in whose queue customers wait: who passes them on.
CREATE TABLE queue_head (department_id uuid PRIMARY KEY, head_id uuid);
"""

# The journal is the history (CUS-36): there is nothing beside it that could be edited.
_HISTORY = """
CREATE VIEW ownership_change WITH (security_invoker = true) AS
SELECT j.event_id AS id, j.subject, j.position, j.type, j.occurred_at AS changed_at,
    (j.data #>> '{changes,holding,0}') COLLATE "C" AS from_holding,
    coalesce(j.data #>> '{changes,holding,1}', j.data ->> 'holding') COLLATE "C" AS to_holding,
    (j.data #>> '{changes,owner_id,0}')::uuid AS from_owner_id,
    (j.data ->> 'owner_id')::uuid AS to_owner_id,
    (j.data ->> 'reason') COLLATE "C" AS reason,
    CASE WHEN j.actor LIKE 'employee:%' THEN substr(j.actor, 10)::uuid END AS by_id,
    j.actor_name COLLATE "C" AS by_name
FROM journal j
WHERE j.type IN ('customer.claimed', 'customer.released', 'customer.transferred', 'customer.assigned',
    'customer.queued', 'customer.reclaimed', 'customer.discarded', 'customer.restored', 'customer.erased',
    'customer.merged');
"""


def upgrade() -> None:
    """Make the tables."""
    connection = op.get_bind()
    for statements in (_POOL, _LEDGER, _RECLAIM, _HISTORY):
        connection.exec_driver_sql(statements, execution_options={"no_parameters": True})
    role = runtime_role(connection)
    for only_added in ("claim_ledger", "ownership_change"):
        op.execute(f"REVOKE ALL ON {only_added} FROM {role}")
    op.execute(f"GRANT SELECT, INSERT ON claim_ledger TO {role}")
    op.execute(f"GRANT SELECT ON ownership_change TO {role}")
    op.execute(f"REVOKE DELETE ON pool FROM {role}")
