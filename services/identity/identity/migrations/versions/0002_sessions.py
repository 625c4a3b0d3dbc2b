"""Credentials, sessions, failed logins, signing keys and API clients."""

from __future__ import annotations

from alembic import op

revision = "0002_sessions"
down_revision = "0001_organisation"

_SESSIONS = """
-- Passwords stand apart from the employee: nothing that shows employees can show them.
CREATE TABLE credential (
    employee_id uuid PRIMARY KEY REFERENCES employee,
    password_hash text NOT NULL,
    former_hashes text[] NOT NULL,
    changed_at timestamptz NOT NULL,
    second_factor bytea,
    second_factor_begun bytea,
    second_factor_step bigint,
    recovery_hashes text[] NOT NULL
);

-- By a keyed hash of the name that was typed: people type passwords into that field.
CREATE TABLE login_attempt (
    name_hash bytea PRIMARY KEY,
    failures integer NOT NULL,
    last_failure_at timestamptz,
    locked_until timestamptz
);
CREATE INDEX login_attempt_age ON login_attempt (last_failure_at);

CREATE TABLE api_client (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    name_fold text NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    purpose text,
    key text NOT NULL CONSTRAINT api_client_key UNIQUE,
    secret_hash bytea NOT NULL,
    permissions text[] NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    created_by_id uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE UNIQUE INDEX api_client_name ON api_client (name_fold) WHERE revoked_at IS NULL;
CREATE INDEX api_client_order ON api_client (name_key, id);

CREATE TABLE session (
    id uuid PRIMARY KEY,
    employee_id uuid REFERENCES employee,
    api_client_id uuid REFERENCES api_client,
    client text NOT NULL,
    address text,
    started_at timestamptz NOT NULL,
    refreshed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    locked boolean NOT NULL,
    refresh_hash bytea,
    previous_hash bytea,
    previous_until timestamptz,
    ended_at timestamptz,
    end_reason text,
    CONSTRAINT session_is_somebody_s CHECK (num_nonnulls(employee_id, api_client_id) = 1)
);
CREATE INDEX session_of_employee ON session (employee_id, started_at) WHERE ended_at IS NULL;
CREATE INDEX session_of_api_client ON session (api_client_id) WHERE ended_at IS NULL;
CREATE INDEX session_age ON session (expires_at);

CREATE TABLE signing_key (
    kid text PRIMARY KEY,
    public_key bytea NOT NULL,
    private_key bytea NOT NULL,
    made_at timestamptz NOT NULL,
    retired_at timestamptz
);
CREATE UNIQUE INDEX signing_key_in_use ON signing_key ((true)) WHERE retired_at IS NULL;
"""


def upgrade() -> None:
    """Make the tables."""
    op.get_bind().exec_driver_sql(_SESSIONS, execution_options={"no_parameters": True})
