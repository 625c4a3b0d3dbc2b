"""Dictionaries, sharing, stages, profiles, counted duplicate checks, saved views, partners."""

from __future__ import annotations

from uuid import UUID, uuid5

from alembic import op

from crm_common.custom_fields import tables
from crm_common.search.tables import create_search
from customer.migrations.seeds import entries

revision = "0005_extras"
down_revision = "0004_leads"

# Fixed, so that an entry the product brings has the same id in every company.
_NAMESPACE = UUID("5f0f9a7e-0f41-5b0c-9a38-6a0e7be1c0d5")

_PROFILE = """
ALTER TABLE customer
    ADD COLUMN hobbies text COLLATE "C",
    ADD COLUMN preferences text COLLATE "C",
    ADD COLUMN pain_points text COLLATE "C",
    ADD COLUMN preferred_channel text COLLATE "C",
    ADD COLUMN preferred_time text COLLATE "C",
    ADD COLUMN social_accounts text COLLATE "C",
    ADD COLUMN customer_class text COLLATE "C";
CREATE INDEX customer_tags ON customer USING gin (tags);
CREATE INDEX customer_hot ON customer (owner_id, id) WHERE hot AND holding = 'OWNED';
"""
_DICTIONARIES = """
CREATE TABLE dictionary_entry (
    id uuid PRIMARY KEY,
    dictionary text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    label text COLLATE "C" NOT NULL,
    label_en text COLLATE "C",
    rank integer NOT NULL,
    archived boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (dictionary, code),
    UNIQUE (dictionary, label)
);
"""
_COURSE = """
CREATE TABLE stage_change (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer,
    before text COLLATE "C" NOT NULL,
    after text COLLATE "C" NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by uuid,
    reason text COLLATE "C"
);
CREATE INDEX stage_change_customer ON stage_change (customer_id, changed_at DESC, id);
"""
# A share counts while the customer is in the same hands without a break: owned_since is that of its owner then.
_SHARING = """
CREATE TABLE customer_share (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer,
    employee_id uuid NOT NULL,
    owned_since timestamptz NOT NULL,
    "right" text COLLATE "C" NOT NULL,
    sees_phone boolean NOT NULL,
    shared_at timestamptz NOT NULL,
    UNIQUE (customer_id, employee_id)
);
CREATE INDEX customer_share_employee ON customer_share (employee_id);
CREATE TABLE duplicate_check (
    employee_id uuid NOT NULL,
    minute timestamptz NOT NULL,
    checks integer NOT NULL,
    PRIMARY KEY (employee_id, minute)
);
"""
_SAVED_VIEWS = """
CREATE TABLE saved_view (
    id uuid PRIMARY KEY,
    employee_id uuid NOT NULL,
    list text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    filter jsonb NOT NULL,
    order_by jsonb NOT NULL,
    columns jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (employee_id, list, name)
);
"""
_PARTNERS = """
CREATE TABLE partner (
    id uuid PRIMARY KEY,
    type text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    name_fold text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    phone_cipher bytea NOT NULL,
    phone_mask text COLLATE "C" NOT NULL,
    phone_index bytea NOT NULL,
    contact_name text COLLATE "C",
    email text COLLATE "C",
    address text COLLATE "C",
    region text COLLATE "C",
    industry text COLLATE "C",
    responsible_id uuid,
    remark text COLLATE "C",
    archived boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (phone_index, name_fold)
);
CREATE INDEX partner_name ON partner (name_key, id);
"""
_SEED = """
INSERT INTO dictionary_entry (id, dictionary, code, label, label_en, rank, created_at, updated_at, version)
VALUES (%s, %s, %s, %s, %s, %s, now(), now(), 1)
"""


def upgrade() -> None:
    """Make the tables, and the dictionaries a company begins with."""
    connection = op.get_bind()
    for statements in (_PROFILE, _DICTIONARIES, _COURSE, _SHARING, _SAVED_VIEWS, _PARTNERS):
        connection.exec_driver_sql(statements, execution_options={"no_parameters": True})
    tables.create(op, "Customer")
    create_search(op)
    seeds = [(uuid5(_NAMESPACE, f"{each[0]}/{each[1]}"), *each) for each in entries()]
    connection.exec_driver_sql(_SEED, seeds)
