"""Leads, their follow-ups and scores, assignment rules, capture forms."""

from __future__ import annotations

from alembic import op

revision = "0004_leads"
down_revision = "0003_people"

_LEADS = """
CREATE TABLE lead (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    company text COLLATE "C",
    email text COLLATE "C",
    email_fold text COLLATE "C",
    phone_cipher bytea,
    phone_mask text COLLATE "C",
    phone_index bytea,
    status text COLLATE "C" NOT NULL,
    source text COLLATE "C",
    campaign text COLLATE "C",
    region text COLLATE "C",
    industry text COLLATE "C",
    level text COLLATE "C",
    remark text COLLATE "C",
    score integer,
    spam boolean NOT NULL DEFAULT false,
    owner_id uuid,
    invalid_reason text COLLATE "C",
    last_follow_up_at timestamptz,
    next_contact_at timestamptz,
    customer_id uuid REFERENCES customer (id),
    contact_id uuid REFERENCES contact (id),
    form_id uuid,
    created_by uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK ((phone_cipher IS NULL) = (phone_index IS NULL)),
    CHECK (status NOT IN ('ASSIGNED', 'FOLLOWING') OR owner_id IS NOT NULL),
    CHECK ((status = 'CONVERTED') = (customer_id IS NOT NULL))
);
-- CUS-40: one open lead per phone and per e-mail
CREATE UNIQUE INDEX lead_phone ON lead (phone_index) WHERE status NOT IN ('CONVERTED', 'INVALID') AND NOT spam;
CREATE UNIQUE INDEX lead_email ON lead (email_fold) WHERE status NOT IN ('CONVERTED', 'INVALID') AND NOT spam;
CREATE INDEX lead_owner ON lead (owner_id, created_at DESC, id);
CREATE INDEX lead_newest ON lead (created_at DESC, id);
CREATE INDEX lead_created_by ON lead (created_by, created_at DESC, id) WHERE owner_id IS NULL;
CREATE INDEX lead_name ON lead (name_key, id);

CREATE TABLE lead_follow_up (
    id uuid PRIMARY KEY,
    lead_id uuid NOT NULL REFERENCES lead (id),
    author_id uuid NOT NULL,
    type text COLLATE "C" NOT NULL,
    content text COLLATE "C" NOT NULL,
    attitude text COLLATE "C",
    stage text COLLATE "C",
    next_contact_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX lead_follow_up_lead ON lead_follow_up (lead_id, created_at DESC, id);

CREATE TABLE lead_score_rule (
    id uuid PRIMARY KEY,
    place integer NOT NULL,
    field text COLLATE "C" NOT NULL,
    values_in text[] COLLATE "C" NOT NULL,
    points integer NOT NULL
);

CREATE TABLE assign_rule (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    place integer NOT NULL,
    active boolean NOT NULL,
    kind text COLLATE "C" NOT NULL,
    regions text[] COLLATE "C" NOT NULL,
    industries text[] COLLATE "C" NOT NULL,
    sources text[] COLLATE "C" NOT NULL,
    levels text[] COLLATE "C" NOT NULL,
    way text COLLATE "C" NOT NULL,
    employee_ids uuid[] NOT NULL,
    turn bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX assign_rule_order ON assign_rule (kind, place, id) WHERE active;

-- up to which entry into the pool customers were offered to the rules
CREATE TABLE assign_mark (
    id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    pool_entered_at timestamptz NOT NULL,
    customer_id uuid NOT NULL
);
INSERT INTO assign_mark (pool_entered_at, customer_id) VALUES ('-infinity', '00000000-0000-0000-0000-000000000000');

CREATE TABLE capture_form (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL UNIQUE,
    source text COLLATE "C" NOT NULL,
    campaign text COLLATE "C",
    active boolean NOT NULL,
    per_minute integer NOT NULL,
    minute timestamptz NOT NULL DEFAULT '-infinity',
    taken integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
"""


def upgrade() -> None:
    """Make the tables."""
    op.get_bind().exec_driver_sql(_LEADS, execution_options={"no_parameters": True})
