"""Contracts, their products, the archive of those that were signed, and their execution."""

from __future__ import annotations

from alembic import op

from crm_common import migrations
from crm_common.custom_fields import tables
from crm_common.exports import create_exports
from crm_common.imports import create_imports
from crm_common.projections.customers import create_customer_ref
from crm_common.provision import runtime_role
from crm_common.search.tables import create_search

revision = "0001_contracts"
down_revision = None

_CONTRACTS = """
CREATE TABLE contract (
    id uuid PRIMARY KEY,
    number text COLLATE "C" NOT NULL UNIQUE,
    name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    state_reason text COLLATE "C",
    customer_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    our_party text COLLATE "C",
    counterparty text COLLATE "C",
    amount numeric(18,2) NOT NULL CHECK (amount >= 0),
    currency text COLLATE "C" NOT NULL,
    starts_on date,
    ends_on date,
    payment_terms text COLLATE "C",
    remark text COLLATE "C",
    body text COLLATE "C",
    is_registered boolean NOT NULL,
    signed_on date,
    signed_files uuid[] NOT NULL DEFAULT '{}',
    kept_files uuid[] NOT NULL DEFAULT '{}',
    archive_number text COLLATE "C" UNIQUE,
    audit text COLLATE "C",
    audit_reason text COLLATE "C",
    audited_by uuid,
    audited_at timestamptz,
    approval_id uuid,
    revision integer NOT NULL DEFAULT 1,
    changed_amount numeric(18,2) NOT NULL DEFAULT 0,
    measured_amount numeric(18,2) NOT NULL DEFAULT 0,
    paid_amount numeric(18,2) NOT NULL DEFAULT 0,
    planned_percent numeric(5,2),
    is_deviating boolean NOT NULL DEFAULT false,
    settled_amount numeric(18,2),
    settled_at timestamptz,
    score integer,
    evaluation text COLLATE "C",
    submissions integer NOT NULL DEFAULT 0,
    submitted_by uuid,
    custom jsonb NOT NULL DEFAULT '{}',
    deleted_at timestamptz,
    created_by uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK (ends_on >= starts_on),
    CHECK (measured_amount BETWEEN 0 AND amount),
    CHECK (paid_amount BETWEEN 0 AND amount + changed_amount),
    CHECK (settled_amount = measured_amount + changed_amount),
    CHECK ((archive_number IS NULL) = (signed_on IS NULL))
);
CREATE INDEX contract_newest ON contract (created_at DESC, id);
CREATE INDEX contract_owner ON contract (owner_id, created_at DESC, id);
CREATE INDEX contract_customer ON contract (customer_id, created_at DESC, id);
CREATE INDEX contract_state ON contract (state, created_at DESC, id);
CREATE INDEX contract_unheard ON contract (updated_at) WHERE state = 'IN_APPROVAL' AND approval_id IS NULL;
CREATE INDEX contract_loose_files ON contract (updated_at) WHERE signed_files <> kept_files;
CREATE INDEX contract_audit ON contract (created_at DESC, id) WHERE audit = 'PENDING';

CREATE TABLE contract_line (
    contract_id uuid NOT NULL REFERENCES contract (id),
    place integer NOT NULL,
    product_id uuid,
    name text COLLATE "C" NOT NULL,
    quantity numeric(18,4) NOT NULL CHECK (quantity > 0),
    unit text COLLATE "C",
    price numeric(18,2) NOT NULL CHECK (price >= 0),
    amount numeric(18,2) NOT NULL,
    PRIMARY KEY (contract_id, place)
);
CREATE INDEX contract_line_product ON contract_line (product_id);

-- the last number that was given in a year, by what it numbers
CREATE TABLE contract_number (series text COLLATE "C" PRIMARY KEY, last bigint NOT NULL);

CREATE TABLE contract_archive (
    id uuid PRIMARY KEY,
    number text COLLATE "C" NOT NULL UNIQUE,
    contract_id uuid NOT NULL UNIQUE REFERENCES contract (id),
    contract_number text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    customer_id uuid NOT NULL,
    amount numeric(18,2) NOT NULL,
    currency text COLLATE "C" NOT NULL,
    signed_on date NOT NULL,
    signed_files uuid[] NOT NULL,
    archived_at timestamptz NOT NULL,
    archived_by uuid
);
CREATE INDEX contract_archive_newest ON contract_archive (archived_at DESC, id);
CREATE INDEX contract_archive_customer ON contract_archive (customer_id);
"""

_EXECUTION = """
CREATE TABLE contract_change (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contract (id),
    place integer NOT NULL,
    kind text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    amount numeric(18,2) NOT NULL,
    ends_on date,
    payment_terms text COLLATE "C",
    state text COLLATE "C" NOT NULL,
    state_reason text COLLATE "C",
    approval_id uuid,
    created_by uuid,
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    UNIQUE (contract_id, place)
);
CREATE INDEX contract_change_newest ON contract_change (created_at DESC, id);
-- a contract has one change under way
CREATE UNIQUE INDEX contract_change_pending ON contract_change (contract_id) WHERE state = 'PENDING';

CREATE TABLE contract_version (
    contract_id uuid NOT NULL REFERENCES contract (id),
    revision integer NOT NULL,
    amount numeric(18,2) NOT NULL,
    ends_on date,
    payment_terms text COLLATE "C",
    change_id uuid REFERENCES contract_change (id),
    since timestamptz NOT NULL,
    PRIMARY KEY (contract_id, revision)
);

CREATE TABLE contract_entry (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contract (id),
    kind text COLLATE "C" NOT NULL,
    day date NOT NULL,
    amount numeric(18,2) NOT NULL CHECK (amount > 0),
    remark text COLLATE "C",
    created_by uuid,
    created_at timestamptz NOT NULL
);
CREATE INDEX contract_entry_contract ON contract_entry (contract_id, created_at DESC, id);

CREATE TABLE contract_milestone (
    contract_id uuid NOT NULL REFERENCES contract (id),
    day date NOT NULL,
    percent numeric(5,2) NOT NULL,
    PRIMARY KEY (contract_id, day)
);

-- of which last day a contract's owner was reminded how many days before (CON-09)
CREATE TABLE contract_reminded (
    contract_id uuid NOT NULL REFERENCES contract (id),
    ends_on date NOT NULL,
    days integer NOT NULL,
    PRIMARY KEY (contract_id, ends_on, days)
);
CREATE INDEX contract_ending ON contract (ends_on, id) WHERE state IN ('SIGNED', 'EXECUTING');
"""
_ONLY_ADDED = ("contract_archive", "contract_version", "contract_entry", "contract_reminded")


def upgrade() -> None:
    """Make the tables; what was signed, changed, measured and paid is only added to."""
    migrations.baseline(op)
    create_customer_ref(op)
    connection = op.get_bind()
    for statements in (_CONTRACTS, _EXECUTION):
        connection.exec_driver_sql(statements, execution_options={"no_parameters": True})
    tables.create(op, "Contract")
    create_search(op)
    create_imports(op)
    create_exports(op)
    role = runtime_role(connection)
    for table in _ONLY_ADDED:
        op.execute(f"REVOKE ALL ON {table} FROM {role}")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {role}")
    op.execute(f"REVOKE DELETE ON contract, contract_change FROM {role}")
