"""Performance with its sums by day, lines bought, receipts, targets, journals, key figures, recommendations."""

from __future__ import annotations

from alembic import op

from crm_common.exports import create_exports

revision = "0004_performance"
down_revision = "0003_orders"

_PERFORMANCE = """
CREATE TABLE performance (
    id uuid PRIMARY KEY,
    employee_id uuid NOT NULL,
    day date NOT NULL,
    amount numeric(18,2) NOT NULL,
    currency text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL CHECK (source IN ('ORDER', 'OWN', 'REVERSAL')),
    title text COLLATE "C" NOT NULL,
    order_id uuid,
    customer_id uuid,
    reversed numeric(18,2) NOT NULL DEFAULT 0 CHECK (reversed = 0 OR (source = 'ORDER' AND reversed <= amount)),
    reversed_at timestamptz,
    locked_at timestamptz,
    deleted_at timestamptz CHECK (deleted_at IS NULL OR source = 'OWN'),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK ((source = 'OWN') = (order_id IS NULL)),
    CHECK ((source = 'REVERSAL') = (amount < 0))
);
-- an order counts once, whatever is done twice; one whose approval was undone may count anew
CREATE UNIQUE INDEX performance_once ON performance (order_id) WHERE source = 'ORDER' AND reversed_at IS NULL;
CREATE INDEX performance_order ON performance (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX performance_days ON performance (day, created_at, id);
CREATE INDEX performance_employee ON performance (employee_id, day, created_at, id);

CREATE TABLE performance_day (
    id uuid PRIMARY KEY,
    employee_id uuid NOT NULL,
    day date NOT NULL,
    month date NOT NULL GENERATED ALWAYS AS (date_trunc('month', day::timestamp)::date) STORED,
    currency text COLLATE "C" NOT NULL,
    amount numeric(18,2) NOT NULL DEFAULT 0,
    records integer NOT NULL DEFAULT 0,
    received numeric(18,2) NOT NULL DEFAULT 0,
    UNIQUE (employee_id, day, currency)
);
CREATE INDEX performance_day_days ON performance_day (day, id);
-- sums of everybody over a year are read from the index alone
CREATE INDEX performance_day_sums ON performance_day (currency, day)
    INCLUDE (employee_id, month, amount, records, received);
CREATE INDEX performance_day_months ON performance_day (month, employee_id, currency);
CREATE VIEW performance_month AS
    SELECT md5(employee_id::text || month || currency)::uuid AS id, employee_id, month, currency,
        sum(amount)::numeric(18,2) AS amount, sum(records)::integer AS records, sum(received)::numeric(18,2) AS received
    FROM performance_day GROUP BY employee_id, month, currency;
"""

_BOUGHT = """
CREATE TABLE bought_line (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    line integer NOT NULL,
    employee_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    product_id uuid NOT NULL,
    product_name text COLLATE "C" NOT NULL,
    quantity numeric(18,4) NOT NULL,
    amount numeric(18,2) NOT NULL,
    currency text COLLATE "C" NOT NULL,
    day date NOT NULL,
    starts_on date,
    ends_on date,
    told_ends_on date,
    UNIQUE (order_id, line)
);
CREATE INDEX bought_line_product ON bought_line (product_id, day);
CREATE INDEX bought_line_customer ON bought_line (customer_id, product_id);
CREATE INDEX bought_line_ends ON bought_line (ends_on, id) WHERE ends_on IS NOT NULL;
CREATE TABLE cross_selling_rule (
    id uuid PRIMARY KEY,
    product_id uuid NOT NULL,
    recommended_id uuid NOT NULL CHECK (recommended_id <> product_id),
    note text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (product_id, recommended_id)
);
CREATE TABLE counted_receipt (
    id uuid PRIMARY KEY,
    employee_id uuid NOT NULL,
    day date NOT NULL,
    amount numeric(18,2) NOT NULL,
    currency text COLLATE "C" NOT NULL,
    confirmed boolean NOT NULL,
    reversed boolean NOT NULL
);
"""
_TARGETS = """
CREATE TABLE target (
    id uuid PRIMARY KEY,
    parent_id uuid REFERENCES target (id),
    period text COLLATE "C" NOT NULL CHECK (period IN ('YEAR', 'QUARTER', 'MONTH')),
    begins_on date NOT NULL,
    ends_on date NOT NULL,
    department_id uuid,
    employee_id uuid,
    product_id uuid,
    amount numeric(18,2) NOT NULL CHECK (amount >= 0),
    currency text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK (department_id IS NULL OR employee_id IS NULL),
    UNIQUE NULLS NOT DISTINCT (begins_on, period, currency, department_id, employee_id, product_id)
);
CREATE INDEX target_parent ON target (parent_id);
CREATE INDEX target_order ON target (begins_on, id);
CREATE INDEX target_employee ON target (employee_id, begins_on, id);
"""
_LOGS = """
CREATE TABLE sales_log (
    id uuid PRIMARY KEY,
    author_id uuid NOT NULL,
    day date NOT NULL,
    body text COLLATE "C" NOT NULL,
    plan text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (author_id, day)
);
CREATE INDEX sales_log_day ON sales_log (day, id);
"""

_KPI = """
CREATE TABLE activity_day (
    employee_id uuid NOT NULL,
    day date NOT NULL,
    follow_ups integer NOT NULL,
    calls integer NOT NULL,
    visits integer NOT NULL,
    new_customers integer NOT NULL,
    PRIMARY KEY (employee_id, day)
);
CREATE INDEX activity_day_days ON activity_day (day);
CREATE TABLE kpi_scheme (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    period text COLLATE "C" NOT NULL,
    department_id uuid,
    created_at timestamptz NOT NULL
);
CREATE TABLE kpi_figure (
    id uuid PRIMARY KEY,
    scheme_id uuid NOT NULL REFERENCES kpi_scheme (id),
    place integer NOT NULL,
    figure text COLLATE "C" NOT NULL,
    weight numeric NOT NULL,
    goal numeric,
    UNIQUE (scheme_id, figure)
);
CREATE TABLE kpi_grade (
    id uuid PRIMARY KEY,
    scheme_id uuid NOT NULL REFERENCES kpi_scheme (id),
    from_score numeric NOT NULL,
    grade text COLLATE "C" NOT NULL,
    bonus_percent numeric NOT NULL,
    bonus_amount numeric(18,2) NOT NULL,
    proposal text COLLATE "C" NOT NULL,
    UNIQUE (scheme_id, from_score)
);
CREATE TABLE kpi_evaluation (
    id uuid PRIMARY KEY,
    scheme_id uuid NOT NULL REFERENCES kpi_scheme (id),
    employee_id uuid NOT NULL,
    begins_on date NOT NULL,
    ends_on date NOT NULL,
    score numeric NOT NULL,
    grade text COLLATE "C" NOT NULL,
    bonus numeric(18,2) NOT NULL,
    currency text COLLATE "C" NOT NULL,
    proposal text COLLATE "C" NOT NULL,
    evaluated_at timestamptz NOT NULL,
    UNIQUE (scheme_id, employee_id, begins_on)
);
CREATE INDEX kpi_evaluation_order ON kpi_evaluation (begins_on, score, id);
CREATE INDEX kpi_evaluation_employee ON kpi_evaluation (employee_id, begins_on, id);
CREATE TABLE kpi_result (
    id uuid PRIMARY KEY,
    evaluation_id uuid NOT NULL REFERENCES kpi_evaluation (id),
    place integer NOT NULL,
    figure text COLLATE "C" NOT NULL,
    value numeric NOT NULL,
    goal numeric NOT NULL,
    percent numeric NOT NULL
);
CREATE INDEX kpi_result_of ON kpi_result (evaluation_id, place);
"""


def upgrade() -> None:
    """Make the tables."""
    create_exports(op)
    for ddl in (_PERFORMANCE, _BOUGHT, _TARGETS, _LOGS, _KPI):
        op.get_bind().exec_driver_sql(ddl, execution_options={"no_parameters": True})
