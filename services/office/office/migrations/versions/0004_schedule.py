"""Schedule, address book, attendance."""

from __future__ import annotations

from alembic import op

revision = "0004_schedule"
down_revision = "0003_approvals"

_SCHEDULE = """
CREATE TABLE schedule_entry (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL,
    title_key text COLLATE "C" NOT NULL,
    place text COLLATE "C",
    body text COLLATE "C" NOT NULL,
    all_day boolean NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    zone text COLLATE "C" NOT NULL,
    repeat text COLLATE "C",
    left_out timestamptz[] NOT NULL,
    last_end timestamptz,
    private boolean NOT NULL,
    about text COLLATE "C",
    source text COLLATE "C",
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX schedule_entry_owner ON schedule_entry (owner_id, starts_at, id);
CREATE INDEX schedule_entry_repeating ON schedule_entry (owner_id) WHERE repeat IS NOT NULL;
CREATE INDEX schedule_entry_about ON schedule_entry (about) WHERE about IS NOT NULL;
CREATE UNIQUE INDEX schedule_entry_source ON schedule_entry (source) WHERE source IS NOT NULL;
CREATE TABLE schedule_guest (
    entry_id uuid NOT NULL REFERENCES schedule_entry ON DELETE CASCADE,
    employee_id uuid NOT NULL,
    answer text COLLATE "C" NOT NULL,
    answered_at timestamptz,
    PRIMARY KEY (entry_id, employee_id)
);
CREATE INDEX schedule_guest_employee ON schedule_guest (employee_id, entry_id);
CREATE TABLE calendar (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    secret_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);
CREATE INDEX calendar_owner ON calendar (owner_id, created_at, id);
"""
_ADDRESS_BOOK = """
CREATE TABLE address_contact (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    company text COLLATE "C",
    title text COLLATE "C",
    phone text COLLATE "C",
    email text COLLATE "C",
    remark text COLLATE "C",
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX address_contact_name ON address_contact (owner_id, name_key, id);
"""
_ATTENDANCE = """
CREATE TABLE attendance_rule (
    id uuid PRIMARY KEY,
    begins_at text COLLATE "C" NOT NULL,
    ends_at text COLLATE "C" NOT NULL,
    grace_minutes integer NOT NULL,
    rest_days text[] COLLATE "C" NOT NULL,
    public_holidays boolean NOT NULL,
    office_radius integer NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
INSERT INTO attendance_rule VALUES
    (gen_random_uuid(), '09:00', '18:00', 5, '{SATURDAY,SUNDAY}', true, 300, now(), 1);
CREATE TABLE special_day (
    id uuid PRIMARY KEY,
    day date NOT NULL UNIQUE,
    working boolean NOT NULL,
    name text COLLATE "C" NOT NULL
);
CREATE TABLE company_office (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    latitude double precision NOT NULL,
    longitude double precision NOT NULL
);
CREATE TABLE checkin (
    id uuid PRIMARY KEY,
    employee_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    latitude double precision NOT NULL,
    longitude double precision NOT NULL,
    accuracy double precision NOT NULL,
    office_id uuid,
    distance double precision,
    outside boolean,
    customer_id uuid,
    photo_id uuid,
    note text COLLATE "C"
);
CREATE INDEX checkin_employee ON checkin (employee_id, at, id);
CREATE INDEX checkin_latest ON checkin (at, id);
CREATE TABLE attendance_month (
    id uuid PRIMARY KEY,
    month text COLLATE "C" NOT NULL,
    employee_id uuid NOT NULL,
    work_days integer NOT NULL,
    present_days integer NOT NULL,
    late_times integer NOT NULL,
    early_times integer NOT NULL,
    half_times integer NOT NULL,
    absent_days integer NOT NULL,
    visits integer NOT NULL,
    outside_times integer NOT NULL,
    leave_days numeric(5, 1) NOT NULL,
    overtime_hours numeric(8, 2) NOT NULL,
    closed_at timestamptz NOT NULL,
    UNIQUE (month, employee_id)
);
CREATE INDEX attendance_month_employee ON attendance_month (employee_id, month, id);
"""
_LEAVE = """
CREATE TABLE leave (
    id uuid PRIMARY KEY,
    employee_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    first_day date NOT NULL,
    first_half text COLLATE "C" NOT NULL,
    last_day date NOT NULL,
    last_half text COLLATE "C" NOT NULL,
    begins integer NOT NULL,
    ends integer NOT NULL CHECK (ends >= begins),
    days numeric(5, 1) NOT NULL,
    state text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    back_day date,
    back_half text COLLATE "C",
    created_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX leave_employee ON leave (employee_id, first_day, id);
CREATE TABLE leave_allowance (
    id uuid PRIMARY KEY,
    kind text COLLATE "C" NOT NULL UNIQUE,
    days_a_year numeric(5, 1)
);
INSERT INTO leave_allowance VALUES (gen_random_uuid(), 'ANNUAL', 5);
CREATE TABLE overtime (
    id uuid PRIMARY KEY,
    employee_id uuid NOT NULL,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > begins_at),
    compensation text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX overtime_employee ON overtime (employee_id, begins_at, id);
"""


def upgrade() -> None:
    """Make the tables."""
    for statements in (_SCHEDULE, _ADDRESS_BOOK, _ATTENDANCE, _LEAVE):
        op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
