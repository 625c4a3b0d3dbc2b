"""Contracts, their products, and the archive of those that were signed."""

from __future__ import annotations

from alembic import op

from crm_common import migrations
from crm_common.projections.customers import create_customer_ref
from crm_common.provision import runtime_role

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
    archive_number text COLLATE "C" UNIQUE,
    audit text COLLATE "C",
    audit_reason text COLLATE "C",
    audited_by uuid,
    audited_at timestamptz,
    approval_id uuid,
    submissions integer NOT NULL DEFAULT 0,
    custom jsonb NOT NULL DEFAULT '{}',
    deleted_at timestamptz,
    created_by uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK (ends_on >= starts_on),
    CHECK ((archive_number IS NULL) = (signed_on IS NULL))
);
CREATE INDEX contract_newest ON contract (created_at DESC, id);
CREATE INDEX contract_owner ON contract (owner_id, created_at DESC, id);
CREATE INDEX contract_customer ON contract (customer_id, created_at DESC, id);
CREATE INDEX contract_state ON contract (state, created_at DESC, id);
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


def upgrade() -> None:
    """Make the tables; to the archive is only added."""
    migrations.baseline(op)
    create_customer_ref(op)
    connection = op.get_bind()
    connection.exec_driver_sql(_CONTRACTS, execution_options={"no_parameters": True})
    role = runtime_role(connection)
    op.execute(f"REVOKE ALL ON contract_archive FROM {role}")
    op.execute(f"GRANT SELECT, INSERT ON contract_archive TO {role}")
    op.execute(f"REVOKE DELETE ON contract FROM {role}")
