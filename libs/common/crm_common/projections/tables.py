"""The tables behind projections: which generation is shown, what the next one is made of, and the copies themselves."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

_PROJECTION = """
CREATE TABLE projection (
    name text PRIMARY KEY,
    generation bigint NOT NULL DEFAULT 0,
    building boolean NOT NULL DEFAULT true,
    reached uuid,
    position text,
    built_at timestamptz,
    compared_at timestamptz
);
-- what was deleted, and when: a late event does not bring it back; before_build: known before the build under way
CREATE TABLE projection_tombstone (
    projection text NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    before_build boolean NOT NULL DEFAULT false,
    PRIMARY KEY (projection, id)
);
-- the next generation while it is built; live rows are not touched before all of it is there
CREATE TABLE projection_stage (
    projection text NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    row jsonb NOT NULL,
    PRIMARY KEY (projection, id)
);
"""

_EMPLOYEE_REF = """
CREATE TABLE employee_ref (
    id uuid PRIMARY KEY,
    seq bigint NOT NULL,
    name text NOT NULL,
    active boolean NOT NULL,
    department_id uuid NOT NULL,
    department_name text NOT NULL,
    department_path text COLLATE "C" NOT NULL,
    line uuid[] NOT NULL
);
CREATE INDEX employee_ref_line ON employee_ref USING gin (line);
CREATE INDEX employee_ref_department ON employee_ref (department_id);
CREATE INDEX employee_ref_path ON employee_ref (department_path);
"""

_CUSTOMER_REF = """
CREATE TABLE customer_ref (
    id uuid PRIMARY KEY,
    seq bigint NOT NULL,
    name text COLLATE "C" NOT NULL,
    owner_id uuid,
    holding text COLLATE "C" NOT NULL
);
CREATE INDEX customer_ref_owner ON customer_ref (owner_id);
"""

# Whoever writes here, by whatever way, tells every process of the service.
_SETTING_VALUE = """
CREATE TABLE setting_value (
    id uuid PRIMARY KEY,
    seq bigint NOT NULL,
    key text NOT NULL UNIQUE,
    value text NOT NULL
);
CREATE FUNCTION setting_value_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('setting_value', '');
    RETURN NULL;
END $$;
CREATE TRIGGER setting_value_told AFTER INSERT OR UPDATE OR DELETE ON setting_value
    FOR EACH STATEMENT EXECUTE FUNCTION setting_value_told();
"""

employee_ref = sa.Table(
    "employee_ref",
    sa.MetaData(),
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("department_id", UUID(as_uuid=True), nullable=False),
    sa.Column("department_name", sa.Text, nullable=False),
    sa.Column("department_path", sa.Text(collation="C"), nullable=False),
    sa.Column("line", ARRAY(UUID(as_uuid=True)), nullable=False),
)
"""Employees as identity told them, in every other service: whose a record is, and who is above him."""

customer_ref = sa.Table(
    "customer_ref",
    sa.MetaData(),
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text(collation="C"), nullable=False),
    sa.Column("owner_id", UUID(as_uuid=True)),
    sa.Column("holding", sa.Text(collation="C"), nullable=False),
)
"""Customers as customer told them, in services whose records are of customers: for names in lists only."""


def create_projections(op: Any) -> None:
    """Make the tables (``op``: Alembic's operations); part of the baseline of every service."""
    for ddl in (_PROJECTION, _EMPLOYEE_REF):
        op.get_bind().exec_driver_sql(ddl)


def create_customer_ref(op: Any) -> None:
    """Make the copy of customers (``op``: Alembic's operations), in a service that keeps `CUSTOMERS`."""
    op.get_bind().exec_driver_sql(_CUSTOMER_REF)


def create_setting_value(op: Any) -> None:
    """Make the table of settings in force; part of the baseline of every service."""
    op.get_bind().exec_driver_sql(_SETTING_VALUE)
