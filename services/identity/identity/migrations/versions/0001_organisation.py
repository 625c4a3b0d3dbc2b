"""Organisation, employees, roles, company and rights reviews."""

from __future__ import annotations

from alembic import op

from crm_common import migrations

revision = "0001_organisation"
down_revision = None

_ORGANISATION = """
-- One row for each thing that is changed by one transaction at a time.
CREATE TABLE guard (name text PRIMARY KEY);
INSERT INTO guard VALUES ('tree'), ('administrators'), ('company');

CREATE TABLE department (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    name_fold text NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    code text COLLATE "C",
    description text,
    parent_id uuid REFERENCES department,
    head_id uuid,
    rank integer NOT NULL,
    depth integer NOT NULL,
    path text COLLATE "C" NOT NULL,
    tree_order text COLLATE "C" NOT NULL,
    heads uuid[] NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CONSTRAINT department_sibling_name UNIQUE NULLS NOT DISTINCT (parent_id, name_fold),
    CONSTRAINT department_is_not_its_own_parent CHECK (parent_id <> id)
);
CREATE INDEX department_order ON department (tree_order, id);
CREATE INDEX department_below ON department (parent_id, tree_order);
CREATE INDEX department_head ON department (head_id);
CREATE INDEX department_name ON department (name_key, id);

CREATE TABLE position (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    name_fold text NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    description text,
    department_id uuid NOT NULL REFERENCES department,
    rank integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CONSTRAINT position_name UNIQUE (department_id, name_fold),
    UNIQUE (id, department_id)
);
CREATE INDEX position_order ON position (department_id, rank, id);

CREATE TABLE employee (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    login_name text COLLATE "C" NOT NULL,
    login_key text NOT NULL CONSTRAINT employee_login_name UNIQUE,
    number text COLLATE "C" CONSTRAINT employee_number UNIQUE,
    phone text,
    email text COLLATE "C",
    avatar_url text,
    bio text,
    hired_on date,
    active boolean NOT NULL,
    disabled_at timestamptz,
    position_id uuid NOT NULL,
    department_id uuid NOT NULL REFERENCES department,
    department_path text COLLATE "C" NOT NULL,
    line uuid[] NOT NULL,
    must_change_password boolean NOT NULL DEFAULT true,
    last_login_at timestamptz,
    last_active_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    -- the position places him: the two cannot tell different departments
    FOREIGN KEY (position_id, department_id) REFERENCES position (id, department_id)
);
CREATE INDEX employee_order ON employee (name_key, id);
CREATE INDEX employee_of_department ON employee (department_id, name_key, id);
CREATE INDEX employee_below ON employee (department_path, id);
CREATE INDEX employee_line ON employee USING gin (line);
CREATE INDEX employee_position ON employee (position_id);
ALTER TABLE department ADD FOREIGN KEY (head_id) REFERENCES employee;

-- The same rule as identity.domain.line.superiors, for changes that move many.
CREATE FUNCTION superiors(person uuid, heads uuid[]) RETURNS uuid[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(head ORDER BY nearest), '{}')
    FROM (
        SELECT head, min(place) AS nearest FROM unnest(heads) WITH ORDINALITY AS given (head, place)
        WHERE place > coalesce(
            (SELECT max(own.place) FROM unnest(heads) WITH ORDINALITY AS own (head, place) WHERE own.head = person), 0)
        GROUP BY head
    ) AS distinct_heads
$$;
"""

_ROLES = """
CREATE TABLE role (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    name_fold text NOT NULL CONSTRAINT role_name UNIQUE,
    name_key text COLLATE "C" NOT NULL,
    code text COLLATE "C" UNIQUE,
    description text,
    permissions text[] NOT NULL,
    hidden text[] NOT NULL,
    scope text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX role_order ON role (name_key, id);

CREATE TABLE role_scope (
    role_id uuid NOT NULL REFERENCES role ON DELETE CASCADE,
    module text COLLATE "C" NOT NULL,
    scope text NOT NULL,
    PRIMARY KEY (role_id, module)
);

CREATE TABLE employee_role (
    employee_id uuid NOT NULL REFERENCES employee,
    role_id uuid NOT NULL REFERENCES role,
    PRIMARY KEY (employee_id, role_id)
);
CREATE INDEX employee_role_holders ON employee_role (role_id, employee_id);

CREATE TABLE position_role (
    position_id uuid NOT NULL REFERENCES position ON DELETE CASCADE,
    role_id uuid NOT NULL REFERENCES role,
    PRIMARY KEY (position_id, role_id)
);
CREATE INDEX position_role_carriers ON position_role (role_id, position_id);

-- Who has which role; one given in person counts as that, whatever the position carries.
CREATE VIEW role_holder AS
    SELECT employee_id, role_id, false AS by_position FROM employee_role
    UNION ALL
    SELECT e.id, p.role_id, true FROM employee e JOIN position_role p ON p.position_id = e.position_id
    WHERE NOT EXISTS (SELECT FROM employee_role r WHERE r.employee_id = e.id AND r.role_id = p.role_id);
"""

_COMPANY = """
CREATE TABLE company (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    short_name text,
    logo_url text,
    timezone text NOT NULL,
    fiscal_year_start integer NOT NULL CHECK (fiscal_year_start BETWEEN 1 AND 12),
    working_days text[] NOT NULL,
    phone text,
    address text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    only_one boolean NOT NULL DEFAULT true UNIQUE CHECK (only_one)
);
"""

_REVIEWS = """
CREATE TABLE rights_review (
    id uuid PRIMARY KEY,
    state text COLLATE "C" NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by_id uuid,
    item_count integer NOT NULL,
    version integer NOT NULL
);
CREATE UNIQUE INDEX rights_review_open ON rights_review (state) WHERE state = 'OPEN';
CREATE INDEX rights_review_order ON rights_review (opened_at, id);

CREATE TABLE rights_review_item (
    id uuid PRIMARY KEY,
    review_id uuid NOT NULL REFERENCES rights_review,
    employee_id uuid NOT NULL REFERENCES employee,
    employee_name text COLLATE "C" NOT NULL,
    employee_name_key text COLLATE "C" NOT NULL,
    role_id uuid NOT NULL,
    role_name text COLLATE "C" NOT NULL,
    role_name_key text COLLATE "C" NOT NULL,
    by_position boolean NOT NULL,
    permissions text[] NOT NULL,
    last_used_at timestamptz,
    decision text,
    decided_by_id uuid,
    decided_at timestamptz,
    comment text,
    UNIQUE (review_id, employee_id, role_id)
);
CREATE INDEX rights_review_item_order ON rights_review_item (review_id, employee_name_key, role_name_key, id);
CREATE INDEX rights_review_item_person ON rights_review_item (employee_id, review_id);
"""

_MASKS = r"""
-- A phone number as everybody may see it (features §1): a mobile keeps its ends, any other its last two digits.
CREATE FUNCTION masked_phone(number text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN regexp_replace(number, '[^0-9]', '', 'g') ~ '^(86|0086)?1[0-9]{10}$'
        THEN (SELECT left(mobile, 3) || '****' || right(mobile, 4)
            FROM right(regexp_replace(number, '[^0-9]', '', 'g'), 11) AS mobile)
        ELSE regexp_replace(left(number, -2), '[0-9]', '*', 'g') || right(number, 2)
    END
$$;

-- What the audit log shows of {field: [before, after]}.
CREATE FUNCTION masked_changes(changes jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN changes ? 'phone' THEN jsonb_set(changes, '{phone}', jsonb_build_array(
        masked_phone(changes #>> '{phone,0}'), masked_phone(changes #>> '{phone,1}'))) ELSE changes END
$$;
"""


def upgrade() -> None:
    """Make the tables."""
    migrations.baseline(op)
    for ddl in (_ORGANISATION, _ROLES, _COMPANY, _REVIEWS, _MASKS):
        op.get_bind().exec_driver_sql(ddl, execution_options={"no_parameters": True})
