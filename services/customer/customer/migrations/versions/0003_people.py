"""Contacts, follow-ups, interests, needs, relations, important dates, sales records told by others, the timeline."""

from __future__ import annotations

from alembic import op

revision = "0003_people"
down_revision = "0002_pool"

_PEOPLE = """
CREATE TABLE contact (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id),
    name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    title text COLLATE "C",
    department text COLLATE "C",
    email text COLLATE "C",
    address text COLLATE "C",
    birthday date,
    hobbies text COLLATE "C",
    social text[] COLLATE "C" NOT NULL DEFAULT '{}',
    role text COLLATE "C",
    remark text COLLATE "C",
    deleted_at timestamptz,
    created_by uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX contact_customer ON contact (customer_id, created_at, id);
CREATE INDEX contact_name ON contact (name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX contact_birthday ON contact (birthday) WHERE deleted_at IS NULL AND birthday IS NOT NULL;

CREATE TABLE contact_phone (
    id uuid PRIMARY KEY,
    contact_id uuid NOT NULL REFERENCES contact (id),
    customer_id uuid NOT NULL REFERENCES customer (id),
    place integer NOT NULL,
    label text COLLATE "C",
    number_cipher bytea NOT NULL,
    number_mask text COLLATE "C" NOT NULL,
    number_index bytea NOT NULL,
    UNIQUE (contact_id, number_index)
);
CREATE INDEX contact_phone_number ON contact_phone (number_index);

CREATE TABLE follow_up (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id),
    author_id uuid NOT NULL,
    type text COLLATE "C" NOT NULL,
    content text COLLATE "C" NOT NULL,
    attitude text COLLATE "C",
    stage text COLLATE "C",
    next_contact_at timestamptz,
    file_ids uuid[] NOT NULL DEFAULT '{}',
    told_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX follow_up_customer ON follow_up (customer_id, created_at DESC, id);
CREATE INDEX follow_up_author ON follow_up (author_id, created_at DESC, id);
CREATE INDEX follow_up_newest ON follow_up (created_at DESC, id);
CREATE INDEX follow_up_due ON follow_up (next_contact_at, id) WHERE next_contact_at IS NOT NULL AND told_at IS NULL;

CREATE TABLE interest (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id),
    follow_up_id uuid NOT NULL REFERENCES follow_up (id),
    product_id uuid,
    name text COLLATE "C" NOT NULL,
    name_fold text COLLATE "C" NOT NULL,
    noted_at timestamptz NOT NULL
);
CREATE INDEX interest_customer ON interest (customer_id, name_fold, noted_at, id);
CREATE INDEX interest_follow_up ON interest (follow_up_id);

CREATE TABLE need (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id),
    content text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    remark text COLLATE "C",
    created_by uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX need_customer ON need (customer_id, created_at DESC, id);

CREATE TABLE relation (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id),
    kind text COLLATE "C" NOT NULL,
    other_id uuid NOT NULL REFERENCES customer (id),
    remark text COLLATE "C",
    created_by uuid,
    created_at timestamptz NOT NULL,
    CHECK (customer_id <> other_id),
    UNIQUE (customer_id, kind, other_id)
);
CREATE INDEX relation_other ON relation (other_id, kind);
-- a company has one parent
CREATE UNIQUE INDEX relation_parent ON relation (customer_id) WHERE kind = 'PARENT';

CREATE TABLE important_date (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id),
    contact_id uuid REFERENCES contact (id),
    kind text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL,
    day date NOT NULL,
    yearly boolean NOT NULL,
    created_by uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX important_date_customer ON important_date (customer_id, day, id);
CREATE INDEX important_date_day ON important_date (day);

-- a date is told once for each day on which it falls
CREATE TABLE important_date_told (
    of_id uuid NOT NULL,
    due_on date NOT NULL,
    PRIMARY KEY (of_id, due_on)
);

CREATE TABLE sales_record (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id),
    kind text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    title text COLLATE "C",
    employee_id uuid,
    reference_id uuid,
    happened_at timestamptz NOT NULL
);
CREATE INDEX sales_record_customer ON sales_record (customer_id, happened_at DESC, id);
"""

# Read for one customer at a time: `subject` lets the journal's index find his events, `customer_id` all others.
_TIMELINE = """
CREATE VIEW timeline_entry AS
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
        'customer.unshared', 'customer.stage_changed', 'customer.class_changed')
        OR j.type LIKE 'customer.relation_%' OR j.type LIKE 'customer.need_%' THEN 'RECORD' ELSE 'HOLDING' END,
    j.type COLLATE "C", j.data ->> 'reason',
    CASE WHEN j.actor LIKE 'employee:%' THEN substr(j.actor, 10)::uuid END, NULL::uuid
FROM journal j
WHERE j.subject LIKE 'customer/%'
    AND j.type NOT IN ('customer.interest_added', 'customer.sales_recorded', 'customer.duplicate_rejected')
UNION ALL
SELECT j.event_id, c.customer_id, 'customer/' || c.customer_id, j.occurred_at, 'RECORD', j.type COLLATE "C", c.name,
    CASE WHEN j.actor LIKE 'employee:%' THEN substr(j.actor, 10)::uuid END, c.id
FROM contact c JOIN journal j ON j.subject = 'contact/' || c.id;
"""

# Who has a number, for the pop-up of a call; of pool customers nobody sees even the mask's digits.
_CALLERS = """
CREATE VIEW caller_card AS
SELECT c.id, c.id AS customer_id, c.name AS customer_name, NULL::uuid AS contact_id,
    NULL::text COLLATE "C" AS contact_name, c.phone_index AS number_index,
    CASE WHEN c.holding <> 'POOL' THEN c.phone_mask END AS phone, c.holding, c.owner_id, c.stage, c.level
FROM customer c WHERE c.holding NOT IN ('MERGED', 'ERASED') AND c.holding <> 'TRASH'
UNION ALL
SELECT p.id, c.id, c.name, k.id, k.name, p.number_index,
    CASE WHEN c.holding <> 'POOL' THEN p.number_mask END, c.holding, c.owner_id, c.stage, c.level
FROM contact_phone p JOIN contact k ON k.id = p.contact_id JOIN customer c ON c.id = p.customer_id
WHERE k.deleted_at IS NULL AND c.holding NOT IN ('MERGED', 'ERASED', 'TRASH');
"""


def upgrade() -> None:
    """Make the tables, and the view that puts them in one stream."""
    op.get_bind().exec_driver_sql(_PEOPLE, execution_options={"no_parameters": True})
    op.get_bind().exec_driver_sql(_TIMELINE, execution_options={"no_parameters": True})
    op.get_bind().exec_driver_sql(_CALLERS, execution_options={"no_parameters": True})
