"""Customers."""

from __future__ import annotations

from alembic import op

from crm_common import migrations

revision = "0001_customers"
down_revision = None

_CUSTOMER = """
CREATE TABLE customer (
    id uuid PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    name_fold text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    name_terms text[] COLLATE "C" NOT NULL,
    phone_cipher bytea NOT NULL,
    phone_mask text COLLATE "C" NOT NULL,
    phone_index bytea NOT NULL,
    holding text COLLATE "C" NOT NULL,
    owner_id uuid,
    queue_department_id uuid,
    pool_id uuid,
    stage text COLLATE "C" NOT NULL DEFAULT 'POTENTIAL',
    region text COLLATE "C",
    industry text COLLATE "C",
    nature text COLLATE "C",
    source text COLLATE "C",
    level text COLLATE "C",
    address text COLLATE "C",
    email text COLLATE "C",
    fax text COLLATE "C",
    website text COLLATE "C",
    sex text COLLATE "C",
    birth_date date,
    profession text COLLATE "C",
    remark text COLLATE "C",
    tags text[] COLLATE "C" NOT NULL DEFAULT '{}',
    hot boolean NOT NULL DEFAULT false,
    completeness integer NOT NULL DEFAULT 0,
    custom jsonb NOT NULL DEFAULT '{}',
    owned_since timestamptz,
    anchor_at timestamptz,
    anchor_extra_days integer,
    last_follow_up_at timestamptz,
    next_contact_at timestamptz,
    signed_at timestamptz,
    dealt_at timestamptz,
    warned_at timestamptz,
    pool_entered_at timestamptz,
    pool_reason text COLLATE "C",
    times_in_pool integer NOT NULL DEFAULT 0,
    last_owner_id uuid,
    last_owner_lost_at timestamptz,
    trashed_at timestamptz,
    created_by uuid,
    import_id uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK ((holding = 'OWNED') = (owner_id IS NOT NULL)),
    CHECK ((holding = 'OWNED') = (owned_since IS NOT NULL AND anchor_at IS NOT NULL)),
    CHECK ((holding = 'DEPT_QUEUE') = (queue_department_id IS NOT NULL)),
    CHECK ((holding = 'POOL') = (pool_entered_at IS NOT NULL))
);
-- CUS-02: one customer per phone and name, in whatever hands
CREATE UNIQUE INDEX customer_unique ON customer (phone_index, name_fold) WHERE holding NOT IN ('MERGED', 'ERASED');
CREATE INDEX customer_owner ON customer (owner_id, created_at DESC, id) WHERE holding = 'OWNED';
CREATE INDEX customer_newest ON customer (created_at DESC, id) WHERE holding IN ('OWNED', 'DEPT_QUEUE');
-- what lists are narrowed by most, newest first
CREATE INDEX customer_region ON customer (region, created_at DESC, id) WHERE holding IN ('OWNED', 'DEPT_QUEUE');
CREATE INDEX customer_industry ON customer (industry, created_at DESC, id) WHERE holding IN ('OWNED', 'DEPT_QUEUE');
CREATE INDEX customer_pool ON customer (pool_entered_at DESC, id) WHERE holding = 'POOL';
CREATE INDEX customer_trash ON customer (trashed_at DESC, id) WHERE holding = 'TRASH';
CREATE INDEX customer_queue ON customer (queue_department_id, id) WHERE holding = 'DEPT_QUEUE';
CREATE INDEX customer_anchor ON customer (anchor_at, id) WHERE holding = 'OWNED';
CREATE INDEX customer_owned_since ON customer (owned_since, id) WHERE holding = 'OWNED' AND signed_at IS NULL;
CREATE INDEX customer_name_terms ON customer USING gin (name_terms);
CREATE INDEX customer_name ON customer (name_key, id);
"""


def upgrade() -> None:
    """Make the tables."""
    migrations.baseline(op)
    op.get_bind().exec_driver_sql(_CUSTOMER, execution_options={"no_parameters": True})
