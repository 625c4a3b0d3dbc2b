"""Performance with its sums by day, and what customers bought."""

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
CREATE INDEX performance_day_months ON performance_day (month, employee_id, currency);
CREATE VIEW performance_month AS
    SELECT md5(employee_id::text || month || currency)::uuid AS id, employee_id, month, currency,
        sum(amount)::numeric(18,2) AS amount, sum(records)::integer AS records, sum(received)::numeric(18,2) AS received
    FROM performance_day GROUP BY employee_id, month, currency;
"""


def upgrade() -> None:
    """Make the tables."""
    create_exports(op)
    for ddl in (_PERFORMANCE,):
        op.get_bind().exec_driver_sql(ddl, execution_options={"no_parameters": True})
