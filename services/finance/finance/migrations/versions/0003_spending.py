"""Expense claims, budgets, payables, payments, funds, invoices, refunds, audits."""

from __future__ import annotations

from alembic import op

revision = "0003_spending"
down_revision = "0002_receivables"

_CLAIMS = """
CREATE TABLE expense_claim (
    id uuid PRIMARY KEY,
    title text COLLATE "C" NOT NULL,
    claimant_id uuid NOT NULL,
    department_id uuid,
    amount numeric(18, 2) NOT NULL,
    currency text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    submitted_at timestamptz,
    reviewed_by uuid,
    reviewed_at timestamptz,
    review_reason text COLLATE "C",
    paid_by uuid,
    paid_on date,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX expense_claim_order ON expense_claim (created_at, id);
CREATE INDEX expense_claim_claimant ON expense_claim (claimant_id, created_at, id);
CREATE INDEX expense_claim_waiting ON expense_claim (submitted_at, id) WHERE state = 'SUBMITTED';
CREATE TABLE expense_line (
    id uuid PRIMARY KEY,
    claim_id uuid NOT NULL REFERENCES expense_claim,
    place integer NOT NULL,
    item text COLLATE "C" NOT NULL,
    spent_on date NOT NULL,
    amount numeric(18, 2) NOT NULL CHECK (amount > 0),
    remark text COLLATE "C" NOT NULL,
    customer_id uuid,
    campaign_id uuid,
    project text COLLATE "C",
    document_ids uuid[] NOT NULL,
    UNIQUE (claim_id, place)
);
CREATE INDEX expense_line_spent ON expense_line (item, spent_on);
CREATE INDEX expense_line_customer ON expense_line (customer_id) WHERE customer_id IS NOT NULL;
"""

_BUDGETS = """
CREATE TABLE budget (
    id uuid PRIMARY KEY,
    department_id uuid NOT NULL,
    item text COLLATE "C" NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL CHECK (last_day >= first_day),
    amount numeric(18, 2) NOT NULL CHECK (amount > 0),
    currency text COLLATE "C" NOT NULL,
    exceeded_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX budget_order ON budget (first_day, id);
CREATE INDEX budget_for ON budget (department_id, item, first_day);
"""

# No more is paid than is owed, whatever a program does.
_PAYABLES = """
CREATE TABLE payable (
    id uuid PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL,
    payee text COLLATE "C" NOT NULL,
    amount numeric(18, 2) NOT NULL CHECK (amount > 0),
    paid_amount numeric(18, 2) NOT NULL CHECK (paid_amount BETWEEN 0 AND amount),
    currency text COLLATE "C" NOT NULL,
    due_on date NOT NULL,
    state text COLLATE "C" NOT NULL,
    owner_id uuid NOT NULL,
    department_id uuid,
    claim_id uuid UNIQUE REFERENCES expense_claim,
    contract_id uuid,
    remark text COLLATE "C" NOT NULL,
    void_reason text COLLATE "C",
    reminded_on date,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX payable_order ON payable (due_on, id);
CREATE INDEX payable_owner ON payable (owner_id, due_on, id);
CREATE INDEX payable_open ON payable (due_on, id) WHERE state IN ('OPEN', 'PARTIAL', 'OVERDUE');
CREATE TABLE payment (
    id uuid PRIMARY KEY,
    payable_id uuid NOT NULL REFERENCES payable,
    amount numeric(18, 2) NOT NULL CHECK (amount > 0),
    currency text COLLATE "C" NOT NULL,
    paid_on date NOT NULL,
    method text COLLATE "C" NOT NULL,
    reference text COLLATE "C",
    document_ids uuid[] NOT NULL,
    owner_id uuid NOT NULL,
    registered_by uuid NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX payment_order ON payment (paid_on, id);
CREATE INDEX payment_owner ON payment (owner_id, paid_on, id);
CREATE INDEX payment_payable ON payment (payable_id);
CREATE TABLE payment_plan (
    id uuid PRIMARY KEY,
    payable_id uuid NOT NULL REFERENCES payable,
    place integer NOT NULL,
    due_on date NOT NULL,
    amount numeric(18, 2) NOT NULL CHECK (amount > 0),
    owner_id uuid NOT NULL,
    UNIQUE (payable_id, place)
);
CREATE INDEX payment_plan_order ON payment_plan (due_on, id);
CREATE INDEX payment_plan_owner ON payment_plan (owner_id, due_on, id);
"""

_FUNDS = """
CREATE TABLE fund_use (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    purpose text COLLATE "C" NOT NULL,
    amount numeric(18, 2) NOT NULL CHECK (amount > 0),
    returned_amount numeric(18, 2) NOT NULL CHECK (returned_amount BETWEEN 0 AND amount),
    currency text COLLATE "C" NOT NULL,
    used_on date NOT NULL,
    due_on date NOT NULL,
    state text COLLATE "C" NOT NULL,
    registered_by uuid NOT NULL,
    void_reason text COLLATE "C",
    reminded_on date,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX fund_use_order ON fund_use (created_at, id);
CREATE INDEX fund_use_user ON fund_use (user_id, created_at, id);
CREATE INDEX fund_use_open ON fund_use (due_on, id) WHERE state IN ('OPEN', 'PARTIAL');
CREATE TABLE fund_return (
    id uuid PRIMARY KEY,
    fund_use_id uuid NOT NULL REFERENCES fund_use,
    amount numeric(18, 2) NOT NULL CHECK (amount > 0),
    returned_on date NOT NULL,
    method text COLLATE "C" NOT NULL,
    remark text COLLATE "C" NOT NULL,
    registered_by uuid NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX fund_return_of ON fund_return (fund_use_id, created_at);
"""

_SETTLING = """
CREATE TABLE invoice (
    id uuid PRIMARY KEY,
    receivable_id uuid NOT NULL REFERENCES receivable,
    order_id uuid,
    contract_id uuid,
    customer_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL,
    tax_number text COLLATE "C",
    amount numeric(18, 2) NOT NULL CHECK (amount > 0),
    currency text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    number text COLLATE "C",
    issued_on date,
    remark text COLLATE "C" NOT NULL,
    void_reason text COLLATE "C",
    requested_by uuid NOT NULL,
    issued_by uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX invoice_order ON invoice (created_at, id);
CREATE INDEX invoice_owner ON invoice (owner_id, created_at, id);
CREATE INDEX invoice_receivable ON invoice (receivable_id);
CREATE UNIQUE INDEX invoice_number ON invoice (number) WHERE state <> 'VOIDED';
CREATE TABLE refund (
    id uuid PRIMARY KEY,
    receipt_id uuid NOT NULL REFERENCES receipt,
    receivable_id uuid,
    order_id uuid,
    customer_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    amount numeric(18, 2) NOT NULL CHECK (amount > 0),
    currency text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    requested_by uuid NOT NULL,
    approval_id uuid,
    paid_by uuid,
    paid_on date,
    method text COLLATE "C",
    reference text COLLATE "C",
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX refund_order ON refund (created_at, id);
CREATE INDEX refund_owner ON refund (owner_id, created_at, id);
CREATE INDEX refund_receipt ON refund (receipt_id);
CREATE INDEX refund_unheard ON refund (created_at) WHERE state = 'REQUESTED' AND approval_id IS NULL;
CREATE INDEX refund_paid ON refund (paid_on) WHERE state = 'PAID';
"""

_AUDITS = """
CREATE TABLE performance_audit (
    id uuid PRIMARY KEY,
    employee_id uuid NOT NULL,
    from_day date NOT NULL,
    to_day date NOT NULL,
    currency text COLLATE "C" NOT NULL,
    performance numeric(18, 2) NOT NULL,
    received numeric(18, 2) NOT NULL,
    difference numeric(18, 2) NOT NULL,
    consistent boolean NOT NULL,
    performance_ids uuid[] NOT NULL,
    audited_by uuid NOT NULL,
    audited_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (from_day, to_day, currency, employee_id)
);
CREATE INDEX performance_audit_employee ON performance_audit (employee_id, from_day, id);
"""

_ACCOUNTING = """
CREATE TABLE accounting_link (
    receipt_id uuid PRIMARY KEY REFERENCES receipt,
    external_id text COLLATE "C" NOT NULL UNIQUE,
    noted_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    """Make the tables."""
    for made in (_CLAIMS, _BUDGETS, _PAYABLES, _FUNDS, _SETTLING, _AUDITS, _ACCOUNTING):
        op.get_bind().exec_driver_sql(made, execution_options={"no_parameters": True})
