"""Products, prices, quotes, competitors, channels."""

from __future__ import annotations

from alembic import op

from crm_common import migrations
from crm_common.custom_fields import tables
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


def upgrade() -> None:
    """Make the tables."""
    migrations.baseline(op)
    op.get_bind().exec_driver_sql(_PRODUCTS, execution_options={"no_parameters": True})
    tables.create(op, "Product")
    create_search(op)
