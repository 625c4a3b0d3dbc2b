"""Messages, their delivery, reminders, announcements."""

from __future__ import annotations

from alembic import op

revision = "0002_messages"
down_revision = "0001_memos"

_MESSAGES = """
CREATE TABLE message (
    id uuid PRIMARY KEY,
    receiver_id uuid NOT NULL,
    key text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    title_en text COLLATE "C" NOT NULL,
    title_zh text COLLATE "C" NOT NULL,
    text_en text COLLATE "C" NOT NULL,
    text_zh text COLLATE "C" NOT NULL,
    about text COLLATE "C",
    count integer NOT NULL,
    is_read boolean NOT NULL,
    read_at timestamptz,
    created_at timestamptz NOT NULL,
    UNIQUE (receiver_id, key)
);
CREATE INDEX message_listed ON message (receiver_id, is_read, created_at DESC, id);
CREATE INDEX message_latest ON message (receiver_id, created_at, id);
CREATE INDEX message_about ON message (about);
CREATE INDEX message_unread ON message (receiver_id) WHERE NOT is_read;
CREATE TABLE reminder (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL,
    title text COLLATE "C" NOT NULL,
    about text COLLATE "C",
    at timestamptz NOT NULL,
    repeat text COLLATE "C",
    zone text COLLATE "C" NOT NULL,
    next_at timestamptz,
    fired_at timestamptz,
    times_fired integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX reminder_due ON reminder (next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX reminder_listed ON reminder (owner_id, next_at, created_at DESC, id);
CREATE TABLE note (
    id uuid PRIMARY KEY,
    from_id uuid NOT NULL,
    to_id uuid NOT NULL,
    text text COLLATE "C" NOT NULL,
    read_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX note_received ON note (to_id, created_at DESC, id);
CREATE INDEX note_sent ON note (from_id, created_at DESC, id);
CREATE INDEX note_unread ON note (to_id) WHERE read_at IS NULL;
CREATE TABLE announcement_column (
    id uuid PRIMARY KEY,
    parent_id uuid REFERENCES announcement_column,
    name text COLLATE "C" NOT NULL,
    template text COLLATE "C" NOT NULL,
    rank integer NOT NULL,
    publisher_ids uuid[] NOT NULL,
    publisher_department_ids uuid[] NOT NULL,
    manager_ids uuid[] NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE TABLE announcement (
    id uuid PRIMARY KEY,
    column_id uuid NOT NULL REFERENCES announcement_column,
    title text COLLATE "C" NOT NULL,
    body text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    author_id uuid NOT NULL,
    department_ids uuid[] NOT NULL,
    publish_at timestamptz,
    published_at timestamptz,
    expires_at timestamptz,
    addressees integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX announcement_due ON announcement (publish_at, id) WHERE state = 'SCHEDULED';
CREATE INDEX announcement_latest ON announcement (published_at DESC NULLS LAST, created_at DESC, id);
CREATE TABLE announcement_reading (
    id uuid PRIMARY KEY,
    announcement_id uuid NOT NULL REFERENCES announcement,
    employee_id uuid NOT NULL,
    read_at timestamptz NOT NULL,
    UNIQUE (announcement_id, employee_id)
);
CREATE TABLE delivery_settings (
    id uuid PRIMARY KEY,
    language text COLLATE "C" NOT NULL,
    email_kinds text[] COLLATE "C" NOT NULL,
    robot_kinds text[] COLLATE "C" NOT NULL,
    quiet_from text COLLATE "C",
    quiet_to text COLLATE "C",
    updated_at timestamptz NOT NULL
);
CREATE TABLE robot (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX robot_owner ON robot (owner_id, created_at, id);
CREATE TABLE delivery (
    id uuid PRIMARY KEY,
    message_id uuid NOT NULL REFERENCES message,
    receiver_id uuid NOT NULL,
    channel text COLLATE "C" NOT NULL,
    robot_id uuid,
    state text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL,
    problem text COLLATE "C",
    claim uuid,
    sent_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX delivery_due ON delivery (channel, due_at, message_id, id) WHERE state = 'WAITING';
CREATE INDEX delivery_under_way ON delivery (id) WHERE state = 'SENDING';
CREATE INDEX delivery_posted ON delivery (robot_id, sent_at) WHERE robot_id IS NOT NULL;
CREATE INDEX delivery_message ON delivery (message_id);
CREATE INDEX delivery_listed ON delivery (receiver_id, created_at DESC, id);
CREATE TABLE role_holders (code text COLLATE "C" PRIMARY KEY, employee_ids uuid[] NOT NULL);
CREATE TABLE pool_admins (
    id uuid PRIMARY KEY,
    admin_ids uuid[] NOT NULL
);
"""


def upgrade() -> None:
    """Make the tables."""
    op.get_bind().exec_driver_sql(_MESSAGES, execution_options={"no_parameters": True})
