"""Products, prices, quotes, competitors, channels."""

from __future__ import annotations

from alembic import op

from crm_common import migrations
from crm_common.custom_fields import tables
from crm_common.imports import create_imports
from crm_common.search.tables import create_search

revision = "0001_products"
down_revision = None

_PRODUCTS = """
CREATE TABLE product (
    id uuid PRIMARY KEY,
    code text COLLATE "C" NOT NULL,
    code_fold text COLLATE "C" NOT NULL UNIQUE,
    name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    category text COLLATE "C",
    unit text COLLATE "C" NOT NULL,
    list_price numeric(18,2) NOT NULL CHECK (list_price >= 0),
    currency text COLLATE "C" NOT NULL,
    cost numeric(18,2) CHECK (cost >= 0),
    floor_price numeric(18,2) CHECK (floor_price >= 0),
    on_sale boolean NOT NULL,
    term_months integer,
    risk text COLLATE "C",
    description text COLLATE "C",
    picture_ids uuid[] NOT NULL,
    custom jsonb NOT NULL DEFAULT '{}',
    created_by uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX product_code ON product (code, id);
CREATE INDEX product_name ON product (name_key, id);
CREATE INDEX product_category ON product (category, id);
CREATE INDEX product_newest ON product (created_at, id);
"""
_PRICES = """
CREATE TABLE price_list (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    levels text[] COLLATE "C" NOT NULL,
    regions text[] COLLATE "C" NOT NULL,
    starts_on date,
    ends_on date,
    active boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK (starts_on <= ends_on)
);
CREATE INDEX price_list_name ON price_list (name_key, id);
CREATE TABLE price_entry (
    id uuid PRIMARY KEY,
    price_list_id uuid NOT NULL REFERENCES price_list,
    product_id uuid NOT NULL REFERENCES product,
    min_quantity numeric(18,4) NOT NULL CHECK (min_quantity > 0),
    price numeric(18,2) NOT NULL CHECK (price >= 0),
    UNIQUE (price_list_id, product_id, min_quantity)
);
CREATE INDEX price_entry_product ON price_entry (product_id);
"""
_QUOTES = """
CREATE SEQUENCE quote_number;
CREATE TABLE quote (
    id uuid PRIMARY KEY,
    number text COLLATE "C" NOT NULL UNIQUE,
    customer_id uuid NOT NULL,
    opportunity_id uuid,
    owner_id uuid NOT NULL,
    state text COLLATE "C" NOT NULL,
    revision integer NOT NULL,
    amount numeric(18,2) NOT NULL CHECK (amount >= 0),
    currency text COLLATE "C" NOT NULL,
    approval text COLLATE "C" NOT NULL,
    approval_id uuid,
    valid_until date,
    terms text COLLATE "C",
    sent_at timestamptz,
    answered_at timestamptz,
    reason text COLLATE "C",
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX quote_newest ON quote (created_at, id);
CREATE INDEX quote_owner ON quote (owner_id, created_at, id);
CREATE INDEX quote_customer ON quote (customer_id, created_at, id);
CREATE INDEX quote_opportunity ON quote (opportunity_id) WHERE opportunity_id IS NOT NULL;
CREATE INDEX quote_open ON quote (valid_until, id) WHERE state = 'SENT';
CREATE TABLE quote_revision (
    id uuid PRIMARY KEY,
    quote_id uuid NOT NULL REFERENCES quote,
    revision integer NOT NULL,
    amount numeric(18,2) NOT NULL,
    valid_until date,
    sent_at timestamptz,
    file text COLLATE "C",
    UNIQUE (quote_id, revision)
);
CREATE TABLE quote_line (
    id uuid PRIMARY KEY,
    quote_id uuid NOT NULL REFERENCES quote,
    revision integer NOT NULL,
    place integer NOT NULL,
    product_id uuid NOT NULL REFERENCES product,
    code text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    quantity numeric(18,4) NOT NULL CHECK (quantity > 0),
    price numeric(18,2) NOT NULL CHECK (price >= 0),
    price_rule text COLLATE "C" NOT NULL,
    price_list_name text COLLATE "C",
    discount numeric(5,4) NOT NULL CHECK (discount BETWEEN 0 AND 1),
    amount numeric(18,2) NOT NULL CHECK (amount >= 0),
    below_floor boolean NOT NULL,
    UNIQUE (quote_id, revision, place)
);
CREATE INDEX quote_line_product ON quote_line (product_id);
"""
_COMPETITORS = """
CREATE TABLE competitor (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    name_fold text COLLATE "C" NOT NULL UNIQUE,
    name_key text COLLATE "C" NOT NULL,
    website text COLLATE "C",
    strengths text COLLATE "C",
    weaknesses text COLLATE "C",
    remark text COLLATE "C",
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX competitor_name ON competitor (name_key, id);
CREATE TABLE lost_order (
    id uuid PRIMARY KEY,
    competitor_id uuid NOT NULL REFERENCES competitor,
    product text COLLATE "C" NOT NULL,
    price numeric(18,2) NOT NULL CHECK (price >= 0),
    currency text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    lost_on date NOT NULL,
    noted_by uuid,
    created_at timestamptz NOT NULL
);
CREATE INDEX lost_order_competitor ON lost_order (competitor_id, lost_on DESC, id);
"""


def upgrade() -> None:
    """Make the tables."""
    migrations.baseline(op)
    for statements in (_PRODUCTS, _PRICES, _QUOTES, _COMPETITORS):
        op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
    tables.create(op, "Product")
    create_search(op)
    create_imports(op)
