"""Receivables, receipts, their plans and reminders; credit lines; closed months."""

from __future__ import annotations

from alembic import op

from crm_common.journal import sealing

revision = "0002_receivables"
down_revision = "0001_contracts"

# An order has one receivable, whatever is told twice. The sums are the rows' own business: `crm finance verify`
# compares them with the receipts.
_RECEIVABLES = """
CREATE TABLE receivable (
    id uuid PRIMARY KEY,
    title text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    order_id uuid UNIQUE,
    contract_id uuid,
    customer_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    state text COLLATE "C" NOT NULL,
    amount numeric(18, 2) NOT NULL CHECK (amount >= 0),
    received numeric(18, 2) NOT NULL CHECK (received >= 0),
    refunded numeric(18, 2) NOT NULL CHECK (refunded BETWEEN 0 AND received),
    currency text COLLATE "C" NOT NULL,
    arose_on date NOT NULL,
    due_on date NOT NULL,
    settled_at timestamptz,
    write_off_asked_by uuid,
    write_off_reason text COLLATE "C",
    closed_reason text COLLATE "C",
    remark text COLLATE "C",
    created_by uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK ((state = 'SETTLED') = (settled_at IS NOT NULL)),
    CHECK (state <> 'SETTLED' OR received - refunded >= amount)
);
CREATE INDEX receivable_due ON receivable (due_on, id);
CREATE INDEX receivable_owner ON receivable (owner_id, due_on, id);
CREATE INDEX receivable_customer ON receivable (customer_id, due_on, id);
CREATE INDEX receivable_contract ON receivable (contract_id) WHERE contract_id IS NOT NULL;
CREATE INDEX receivable_unpaid ON receivable (arose_on)
    INCLUDE (owner_id, customer_id, currency, amount, received, refunded, due_on)
    WHERE state IN ('OPEN', 'PARTIAL', 'OVERDUE');
CREATE INDEX receivable_to_collect ON receivable (due_on, id) WHERE state IN ('OPEN', 'PARTIAL', 'OVERDUE');

CREATE TABLE receipt (
    id uuid PRIMARY KEY,
    receivable_id uuid REFERENCES receivable,
    order_id uuid,
    contract_id uuid,
    customer_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    state text COLLATE "C" NOT NULL,
    amount numeric(18, 2) NOT NULL CHECK (amount > 0),
    allocated numeric(18, 2) NOT NULL CHECK (allocated BETWEEN 0 AND amount),
    currency text COLLATE "C" NOT NULL,
    received_on date NOT NULL,
    method text COLLATE "C" NOT NULL,
    is_advance boolean NOT NULL,
    payer text COLLATE "C",
    remark text COLLATE "C",
    voucher_id uuid,
    voucher_sha256 text COLLATE "C",
    created_by uuid NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    reason text COLLATE "C",
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK (state = 'CONFIRMED' OR allocated = 0),
    CHECK (is_advance OR state <> 'CONFIRMED' OR allocated = amount)
);
CREATE INDEX receipt_newest ON receipt (received_on DESC, id);
CREATE INDEX receipt_owner ON receipt (owner_id, received_on DESC, id);
CREATE INDEX receipt_customer ON receipt (customer_id, received_on DESC, id);
CREATE INDEX receipt_receivable ON receipt (receivable_id, received_on DESC, id);
CREATE INDEX receipt_order ON receipt (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX receipt_pending ON receipt (received_on, id) WHERE state = 'PENDING';
CREATE INDEX receipt_voucher ON receipt (voucher_sha256) WHERE voucher_sha256 IS NOT NULL;

CREATE TABLE receipt_plan (
    id uuid PRIMARY KEY,
    receivable_id uuid NOT NULL REFERENCES receivable,
    number integer NOT NULL,
    due_on date NOT NULL,
    amount numeric(18, 2) NOT NULL CHECK (amount > 0),
    planned_before numeric(18, 2) NOT NULL,
    remark text COLLATE "C",
    created_at timestamptz NOT NULL,
    UNIQUE (receivable_id, number)
);
CREATE INDEX receipt_plan_due ON receipt_plan (due_on, id);

-- what somebody was reminded of already: another due day is another matter
CREATE TABLE collection_reminder (
    receivable_id uuid NOT NULL REFERENCES receivable,
    due_on date NOT NULL,
    stage integer NOT NULL,
    reminded_at timestamptz NOT NULL,
    PRIMARY KEY (receivable_id, due_on, stage)
);
"""

_AROUND = """
CREATE TABLE credit_line (
    customer_id uuid PRIMARY KEY,
    credit_limit numeric(18, 2) NOT NULL,
    currency text COLLATE "C" NOT NULL,
    valid_until timestamptz NOT NULL
);
CREATE TABLE closed_period (
    id uuid PRIMARY KEY,
    month text COLLATE "C" NOT NULL UNIQUE,
    closed_by uuid NOT NULL,
    closed_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    """Make the tables."""
    for made in (_RECEIVABLES, _AROUND):
        op.get_bind().exec_driver_sql(made, execution_options={"no_parameters": True})
    sealing.create(op)
