"""Orders, their lines and vouchers, and what they hold of neighbours."""

from __future__ import annotations

from alembic import op

revision = "0003_orders"
down_revision = "0002_opportunities"

_ORDERS = """
CREATE SEQUENCE order_number;
CREATE TABLE sales_order (
    id uuid PRIMARY KEY,
    number text COLLATE "C" NOT NULL UNIQUE,
    customer_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    state text COLLATE "C" NOT NULL,
    amount numeric(18, 2) NOT NULL CHECK (amount >= 0),
    currency text COLLATE "C" NOT NULL,
    opportunity_id uuid,
    quote_id uuid,
    contract_id uuid,
    due_on date,
    remark text COLLATE "C",
    submission_id uuid,
    submitted_by uuid,
    submitted_at timestamptz,
    reviewed_by uuid,
    reviewed_at timestamptz,
    reason text COLLATE "C",
    delivered_on date,
    delivery_note text COLLATE "C",
    settled boolean NOT NULL DEFAULT false,
    voiding boolean NOT NULL DEFAULT false,
    received numeric(18, 2) NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    -- reviewer ≠ submitter, whatever a program does
    CHECK (reviewed_by IS NULL OR reviewed_by <> submitted_by)
);
CREATE INDEX sales_order_latest ON sales_order (created_at, id);
CREATE INDEX sales_order_owner ON sales_order (owner_id, created_at, id);
CREATE INDEX sales_order_customer ON sales_order (customer_id, created_at, id);
CREATE INDEX sales_order_opportunity ON sales_order (opportunity_id) WHERE opportunity_id IS NOT NULL;
CREATE INDEX sales_order_waiting ON sales_order (submitted_at, id) WHERE state = 'PENDING_REVIEW';
-- what was approved in a period, by whom: funnel and forecast read nothing else
CREATE INDEX sales_order_approved ON sales_order (reviewed_at, owner_id) INCLUDE (amount, opportunity_id)
    WHERE state IN ('APPROVED', 'FULFILLED', 'COMPLETED');

CREATE TABLE order_line (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES sales_order ON DELETE CASCADE,
    place integer NOT NULL,
    product_id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    quantity numeric(18, 4) NOT NULL,
    price numeric(18, 2) NOT NULL,
    discount numeric(5, 4) NOT NULL,
    amount numeric(18, 2) NOT NULL,
    returned numeric(18, 4) NOT NULL DEFAULT 0 CHECK (returned BETWEEN 0 AND quantity),
    starts_on date,
    ends_on date
);
CREATE INDEX order_line_order ON order_line (order_id, place);
CREATE INDEX order_line_product ON order_line (product_id);

CREATE TABLE order_voucher (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES sales_order ON DELETE CASCADE,
    place integer NOT NULL,
    document_id uuid NOT NULL,
    sha256 text COLLATE "C" NOT NULL,
    amount numeric(18, 2) NOT NULL,
    currency text COLLATE "C" NOT NULL,
    paid_on date NOT NULL
);
CREATE INDEX order_voucher_order ON order_voucher (order_id, place);
CREATE INDEX order_voucher_picture ON order_voucher (sha256, order_id);

-- what a submission holds, or is about to hold, of neighbours: noted before it is asked for, so that it is let go of
CREATE TABLE order_hold (
    submission_id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    noted_at timestamptz NOT NULL
);
CREATE INDEX order_hold_order ON order_hold (order_id);
CREATE INDEX order_hold_noted ON order_hold (noted_at);
"""


def upgrade() -> None:
    """Make the tables."""
    op.get_bind().exec_driver_sql(_ORDERS, execution_options={"no_parameters": True})
