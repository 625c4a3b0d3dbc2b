"""Opportunities and the pipelines they go through; what is known of customers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_common.journal import sealing
from crm_common.projections.customers import create_customer_ref
from sales.migrations.default_pipeline import DEFAULT_PIPELINE, STAGES

revision = "0002_opportunities"
down_revision = "0001_products"

_OPPORTUNITIES = """
CREATE TABLE pipeline (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    is_default boolean NOT NULL,
    version integer NOT NULL
);
CREATE TABLE pipeline_stage (
    pipeline_id uuid NOT NULL REFERENCES pipeline,
    place integer NOT NULL,
    key text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    name_en text COLLATE "C" NOT NULL,
    probability integer NOT NULL CHECK (probability BETWEEN 0 AND 100),
    next text[] COLLATE "C" NOT NULL,
    needs text[] COLLATE "C" NOT NULL,
    PRIMARY KEY (pipeline_id, key)
);

CREATE TABLE opportunity (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    customer_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    pipeline_id uuid NOT NULL REFERENCES pipeline,
    stage text COLLATE "C" NOT NULL,
    stage_before text COLLATE "C",
    probability integer NOT NULL,
    stage_since timestamptz NOT NULL,
    source text COLLATE "C",
    origin text COLLATE "C",
    heat text COLLATE "C",
    amount numeric(18, 2) NOT NULL CHECK (amount >= 0),
    currency text COLLATE "C" NOT NULL,
    expected_on date,
    competitors text[] COLLATE "C" NOT NULL,
    value integer,
    feasibility integer,
    priority integer GENERATED ALWAYS AS (value * feasibility) STORED,
    next_on date,
    loss_reason text COLLATE "C",
    loss_note text COLLATE "C",
    competitor text COLLATE "C",
    order_id uuid,
    big_told boolean NOT NULL DEFAULT false,
    stalled_told boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX opportunity_latest ON opportunity (created_at, id);
CREATE INDEX opportunity_owner ON opportunity (owner_id, created_at, id);
CREATE INDEX opportunity_customer ON opportunity (customer_id, created_at, id);
CREATE INDEX opportunity_priority ON opportunity (priority DESC NULLS LAST, id);
CREATE INDEX opportunity_by_stage ON opportunity (pipeline_id, stage);
CREATE INDEX opportunity_standing ON opportunity (stage_since)
    WHERE NOT stalled_told AND stage NOT IN ('WON', 'LOST', 'ABANDONED', 'SUSPENDED');
-- what came to its end in a period, and how long it took: win rate and cycle of a person
CREATE INDEX opportunity_closed ON opportunity (owner_id, stage_since) INCLUDE (stage, currency, created_at)
    WHERE stage IN ('WON', 'LOST', 'ABANDONED');
-- what is expected in a period, by whom: the forecast reads nothing else
CREATE INDEX opportunity_expected ON opportunity (expected_on, owner_id) INCLUDE (amount, probability, currency)
    WHERE stage NOT IN ('WON', 'LOST', 'ABANDONED', 'SUSPENDED');

CREATE TABLE opportunity_line (
    id uuid PRIMARY KEY,
    opportunity_id uuid NOT NULL REFERENCES opportunity,
    place integer NOT NULL,
    product_id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    quantity numeric(18, 4) NOT NULL,
    price numeric(18, 2) NOT NULL,
    discount numeric(5, 4) NOT NULL,
    amount numeric(18, 2) NOT NULL,
    starts_on date,
    ends_on date
);
CREATE INDEX opportunity_line_of ON opportunity_line (opportunity_id, place);

CREATE TABLE opportunity_step (
    id uuid PRIMARY KEY,
    opportunity_id uuid NOT NULL REFERENCES opportunity,
    what text COLLATE "C" NOT NULL,
    due_on date NOT NULL,
    done_at timestamptz
);
CREATE INDEX opportunity_step_of ON opportunity_step (opportunity_id, due_on);

CREATE TABLE opportunity_stage (
    id uuid PRIMARY KEY,
    opportunity_id uuid NOT NULL REFERENCES opportunity,
    stage text COLLATE "C" NOT NULL,
    entered_at timestamptz NOT NULL,
    left_at timestamptz
);
CREATE INDEX opportunity_stage_of ON opportunity_stage (opportunity_id, entered_at);

CREATE TABLE opportunity_follow_up (
    id uuid PRIMARY KEY,
    opportunity_id uuid NOT NULL REFERENCES opportunity,
    content text COLLATE "C" NOT NULL,
    by_id uuid NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX opportunity_follow_up_of ON opportunity_follow_up (opportunity_id, created_at);
CREATE INDEX opportunity_follow_up_latest ON opportunity_follow_up (created_at);
"""
_PIPELINE = sa.text("INSERT INTO pipeline VALUES (:id, '标准销售流程', true, 1)")
_STAGE = sa.text("INSERT INTO pipeline_stage VALUES (:id, :place, :key, :name, :name_en, :probability, :next, :needs)")


def upgrade() -> None:
    """Make the tables, and the pipeline that a new company begins with."""
    create_customer_ref(op)
    sealing.create(op)
    connection = op.get_bind()
    connection.exec_driver_sql(_OPPORTUNITIES, execution_options={"no_parameters": True})
    connection.execute(_PIPELINE, {"id": DEFAULT_PIPELINE})
    for place, (key, name, name_en, probability, next_, needs) in enumerate(STAGES):
        values = {"key": key, "name": name, "name_en": name_en, "probability": probability, "place": place}
        connection.execute(_STAGE, values | {"id": DEFAULT_PIPELINE, "next": list(next_), "needs": list(needs)})
