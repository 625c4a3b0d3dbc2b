"""Merging, credit, cleaning."""

from __future__ import annotations

from alembic import op

revision = "0007_merging"
down_revision = "0006_exchange"

_MERGING = """
ALTER TABLE customer ADD COLUMN merged_into_id uuid REFERENCES customer (id),
    ADD CHECK ((holding = 'MERGED') = (merged_into_id IS NOT NULL) OR holding = 'ERASED');
CREATE INDEX customer_merged_into ON customer (merged_into_id) WHERE merged_into_id IS NOT NULL;

CREATE TABLE customer_merge (
    id uuid PRIMARY KEY,
    survivor_id uuid NOT NULL REFERENCES customer (id),
    merged_id uuid NOT NULL REFERENCES customer (id),
    merged_at timestamptz NOT NULL,
    merged_by uuid,
    -- what the merge took from the merged one's row and gave to the survivor's: {column: [before, after]}
    taken jsonb NOT NULL,
    given jsonb NOT NULL,
    custom jsonb NOT NULL,
    contact_id uuid,
    moved integer NOT NULL DEFAULT 0,
    undone_at timestamptz,
    undone_by uuid,
    CHECK (survivor_id <> merged_id)
);
CREATE INDEX customer_merge_survivor ON customer_merge (survivor_id, merged_at DESC, id);
CREATE INDEX customer_merge_merged ON customer_merge (merged_id, merged_at DESC, id);
CREATE INDEX customer_merge_newest ON customer_merge (merged_at DESC, id);

-- which rows moved; of those that the survivor had already, and of relations to itself, the row as it was
CREATE TABLE merge_move (
    merge_id uuid NOT NULL REFERENCES customer_merge (id),
    relation text COLLATE "C" NOT NULL,
    record_id uuid NOT NULL,
    removed jsonb,
    PRIMARY KEY (merge_id, relation, record_id)
);

-- Where a customer is to be found today: itself, or what it went into, and that into, …
CREATE FUNCTION merge_survivor(asked uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE way (id, further) AS (
        SELECT c.id, c.merged_into_id FROM customer c WHERE c.id = asked
        UNION SELECT c.id, c.merged_into_id FROM way w JOIN customer c ON c.id = w.further
    )
    SELECT w.id FROM way w WHERE w.further IS NULL
$$;
"""

# As it was, with the changes that a merge makes to the survivor among those of the record.
_TIMELINE = """
CREATE OR REPLACE VIEW timeline_entry AS
SELECT f.id, f.customer_id, 'customer/' || f.customer_id AS subject, f.created_at AS happened_at,
    f.type AS channel, 'followup.created'::text COLLATE "C" AS kind, f.content AS text, f.author_id AS employee_id,
    f.id AS reference_id
FROM follow_up f
UNION ALL
SELECT s.id, s.customer_id, 'customer/' || s.customer_id, s.happened_at, s.channel, s.kind, s.title, s.employee_id,
    s.reference_id
FROM sales_record s
UNION ALL
SELECT j.event_id, CASE WHEN j.subject LIKE 'customer/%' THEN substr(j.subject, 10)::uuid END, j.subject, j.occurred_at,
    CASE WHEN j.type IN ('customer.updated', 'customer.hot_set', 'customer.hot_unset', 'customer.shared',
        'customer.unshared', 'customer.stage_changed', 'customer.class_changed', 'customer.absorbed',
        'customer.gave_back', 'customer.linked', 'customer.unlinked', 'customer.personal_data_exported')
        OR j.type LIKE 'customer.relation_%' OR j.type LIKE 'customer.need_%' THEN 'RECORD' ELSE 'HOLDING' END,
    j.type COLLATE "C", j.data ->> 'reason',
    CASE WHEN j.actor LIKE 'employee:%' THEN substr(j.actor, 10)::uuid END, NULL::uuid
FROM journal j
WHERE j.subject LIKE 'customer/%'
    AND j.type NOT IN ('customer.interest_added', 'customer.sales_recorded', 'customer.duplicate_rejected')
UNION ALL
SELECT j.event_id, c.customer_id, 'customer/' || c.customer_id, j.occurred_at, 'RECORD', j.type COLLATE "C", c.name,
    CASE WHEN j.actor LIKE 'employee:%' THEN substr(j.actor, 10)::uuid END, c.id
FROM contact c JOIN journal j ON j.subject = 'contact/' || c.id
UNION ALL
SELECT k.id, k.customer_id, 'customer/' || k.customer_id, k.at,
    CASE WHEN k.channel = 'WECHAT' THEN 'SOCIAL'::text COLLATE "C" ELSE k.channel END,
    'message.sent'::text COLLATE "C", k.purpose, NULL::uuid, NULL::uuid
FROM touch k;
"""
_HISTORY = """
CREATE OR REPLACE VIEW ownership_change WITH (security_invoker = true) AS
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
    'customer.merged', 'customer.unmerged');
"""
# Gone with the customer, whose import may be taken back; found anew by each scan.
_QUALITY = """
CREATE TABLE quality_report (
    id uuid PRIMARY KEY,
    made_at timestamptz NOT NULL,
    scanned integer NOT NULL,
    duplicates integer NOT NULL,
    invalid_phones integer NOT NULL,
    stale integer NOT NULL,
    incomplete integer NOT NULL,
    dismissed integer NOT NULL
);
CREATE INDEX quality_report_newest ON quality_report (made_at DESC, id DESC);
CREATE TABLE quality_finding (
    id uuid PRIMARY KEY,
    scan_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    score integer NOT NULL,
    customer_id uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    other_id uuid REFERENCES customer (id) ON DELETE CASCADE,
    found_at timestamptz NOT NULL,
    dismissed_at timestamptz,
    dismissed_by uuid,
    dismissed_reason text COLLATE "C",
    UNIQUE NULLS NOT DISTINCT (kind, customer_id, other_id)
);
CREATE INDEX quality_finding_surest ON quality_finding (score DESC, id) WHERE dismissed_at IS NULL;
CREATE INDEX quality_finding_customer ON quality_finding (customer_id);
CREATE INDEX quality_finding_scan ON quality_finding (scan_id);
CREATE INDEX quality_finding_other ON quality_finding (other_id) WHERE other_id IS NOT NULL;
"""
_LINKS = """
CREATE TABLE external_id (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    system text COLLATE "C" NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    linked_at timestamptz NOT NULL,
    UNIQUE (system, external_id)
);
CREATE INDEX external_id_customer ON external_id (customer_id, system, external_id);
"""
# Only added: the latest word of a way counts.
_CONSENTS = """
CREATE TABLE consent (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    channel text COLLATE "C" NOT NULL,
    agreed boolean NOT NULL,
    source text COLLATE "C" NOT NULL,
    said_at timestamptz NOT NULL,
    noted_by uuid
);
CREATE INDEX consent_customer ON consent (customer_id, channel, said_at DESC, id DESC);
"""
_PLAN = """
CREATE TABLE touch (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    channel text COLLATE "C" NOT NULL,
    purpose text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    reference text COLLATE "C" NOT NULL UNIQUE
);
CREATE INDEX touch_customer ON touch (customer_id, purpose, at DESC);
CREATE TABLE contact_plan_told (
    customer_id uuid PRIMARY KEY REFERENCES customer (id) ON DELETE CASCADE,
    told_at timestamptz NOT NULL
);
CREATE INDEX customer_class ON customer (customer_class, owned_since, id) WHERE holding = 'OWNED';
"""
_SOLUTIONS = """
CREATE TABLE solution_plan (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id),
    title text COLLATE "C" NOT NULL,
    situation text COLLATE "C",
    problem text COLLATE "C",
    obstacles text COLLATE "C",
    benefit text COLLATE "C",
    solution text COLLATE "C",
    status text COLLATE "C" NOT NULL,
    status_reason text COLLATE "C",
    status_at timestamptz NOT NULL,
    created_by uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX solution_plan_customer ON solution_plan (customer_id, created_at DESC, id);
CREATE INDEX solution_plan_newest ON solution_plan (created_at DESC, id);
CREATE TABLE solution_comparison (
    plan_id uuid NOT NULL REFERENCES solution_plan (id),
    place integer NOT NULL,
    competitor text COLLATE "C" NOT NULL,
    ours text COLLATE "C" NOT NULL,
    theirs text COLLATE "C" NOT NULL,
    PRIMARY KEY (plan_id, place)
);
"""
_CREDIT = """
CREATE TABLE credit_evaluation (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id),
    status text COLLATE "C" NOT NULL,
    grade text COLLATE "C" NOT NULL,
    credit_limit numeric(18, 2) NOT NULL CHECK (credit_limit >= 0),
    currency text COLLATE "C" NOT NULL,
    outline text COLLATE "C",
    management text COLLATE "C",
    financial_state text COLLATE "C",
    bank_credit text COLLATE "C",
    payment_record text COLLATE "C",
    operations text COLLATE "C",
    site_visit text COLLATE "C",
    affiliates text COLLATE "C",
    public_records text COLLATE "C",
    press text COLLATE "C",
    verdict text COLLATE "C",
    advice text COLLATE "C",
    writers uuid[] NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    decision_reason text COLLATE "C",
    valid_until timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK ((status = 'PENDING') = (decided_at IS NULL)),
    CHECK ((status = 'APPROVED') = (valid_until IS NOT NULL)),
    CHECK (decided_by <> ALL (writers))
);
CREATE INDEX credit_evaluation_customer ON credit_evaluation (customer_id, status, decided_at DESC, id);
CREATE INDEX credit_evaluation_newest ON credit_evaluation (created_at DESC, id);
"""


def upgrade() -> None:
    """Make the tables."""
    for statements in (_MERGING, _HISTORY, _QUALITY, _LINKS, _CONSENTS, _PLAN, _SOLUTIONS, _CREDIT, _TIMELINE):
        op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
