"""Approval flows and what runs by them, with the flows a company begins with."""

from __future__ import annotations

import json
from uuid import UUID, uuid5

from alembic import op

from crm_common.provision import runtime_role
from crm_common.text_order import pinyin_key
from office.migrations.ready_flows import READY

revision = "0003_approvals"
down_revision = "0002_messages"

_FLOWS = """
CREATE TABLE approval_flow (
    id uuid PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    name_en text COLLATE "C",
    description text COLLATE "C",
    state text COLLATE "C" NOT NULL CHECK (state IN ('DRAFT', 'PUBLISHED', 'ARCHIVED')),
    fields jsonb NOT NULL,
    plan jsonb NOT NULL,
    revision integer NOT NULL,
    version_id uuid,
    is_edited boolean NOT NULL,
    published_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE UNIQUE INDEX approval_flow_in_use ON approval_flow (kind) WHERE state = 'PUBLISHED';
CREATE INDEX approval_flow_name ON approval_flow (name_key, id);

CREATE TABLE approval_flow_version (
    id uuid PRIMARY KEY,
    flow_id uuid NOT NULL REFERENCES approval_flow,
    revision integer NOT NULL,
    fields jsonb NOT NULL,
    plan jsonb NOT NULL,
    published_at timestamptz NOT NULL,
    published_by uuid,
    UNIQUE (flow_id, revision)
);
"""
_APPROVALS = """
CREATE TABLE approval (
    id uuid PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    flow_id uuid NOT NULL REFERENCES approval_flow,
    flow_version_id uuid NOT NULL REFERENCES approval_flow_version,
    title text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL
        CHECK (state IN ('PENDING', 'RETURNED', 'APPROVED', 'REJECTED', 'WITHDRAWN')),
    initiator_id uuid NOT NULL,
    record_type text COLLATE "C",
    record_id uuid,
    round integer NOT NULL,
    form jsonb NOT NULL,
    hash text COLLATE "C" NOT NULL,
    path text[] COLLATE "C" NOT NULL,
    place integer NOT NULL,
    delegable boolean NOT NULL,
    detours integer NOT NULL,
    urged_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK ((record_type IS NULL) = (record_id IS NULL)),
    CHECK ((state IN ('PENDING', 'RETURNED')) = (ended_at IS NULL))
);
-- a record waits for one approval of a kind at a time
CREATE UNIQUE INDEX approval_record ON approval (kind, record_type, record_id) WHERE ended_at IS NULL;
CREATE INDEX approval_started ON approval (initiator_id, updated_at, id);
CREATE INDEX approval_latest ON approval (updated_at, id);

CREATE TABLE approval_task (
    id uuid PRIMARY KEY,
    approval_id uuid NOT NULL REFERENCES approval,
    position integer NOT NULL,
    round integer NOT NULL,
    node text COLLATE "C" NOT NULL,
    approver_id uuid NOT NULL,
    why text COLLATE "C" NOT NULL,
    in_place_of uuid,
    after uuid,
    added boolean NOT NULL,
    state text COLLATE "C" NOT NULL
        CHECK (state IN ('QUEUED', 'OPEN', 'APPROVED', 'REJECTED', 'RETURNED', 'CLOSED')),
    decided_by uuid,
    comment text COLLATE "C",
    decided_at timestamptz,
    CHECK ((state IN ('APPROVED', 'REJECTED', 'RETURNED')) = (decided_by IS NOT NULL))
);
CREATE INDEX approval_task_of ON approval_task (approval_id, position);
CREATE INDEX approval_task_waiting ON approval_task (approver_id, approval_id) WHERE state IN ('OPEN', 'QUEUED');
-- nobody is asked twice at one node at a time, and so nobody decides twice
CREATE UNIQUE INDEX approval_task_once ON approval_task (approval_id, round, node, approver_id)
    WHERE state <> 'CLOSED';

CREATE TABLE approval_step (
    id uuid PRIMARY KEY,
    approval_id uuid NOT NULL REFERENCES approval,
    position bigint GENERATED ALWAYS AS IDENTITY,
    kind text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    round integer NOT NULL,
    node text COLLATE "C",
    by_id uuid,
    on_behalf_of uuid,
    concerns uuid[] NOT NULL,
    comment text COLLATE "C"
);
CREATE INDEX approval_step_of ON approval_step (approval_id, position);

CREATE TABLE approval_snapshot (
    id uuid PRIMARY KEY,
    approval_id uuid NOT NULL REFERENCES approval,
    revision integer NOT NULL,
    form jsonb NOT NULL,
    hash text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    UNIQUE (approval_id, revision)
);

-- who has to do with an approval, and so sees it
CREATE TABLE approval_part (
    approval_id uuid NOT NULL REFERENCES approval,
    employee_id uuid NOT NULL,
    part text COLLATE "C" NOT NULL CHECK (part IN ('INITIATOR', 'APPROVER', 'DECIDER', 'COPIED')),
    PRIMARY KEY (approval_id, employee_id, part)
);
CREATE INDEX approval_part_of ON approval_part (employee_id, part, approval_id);
"""
_DELEGATIONS = """
CREATE TABLE approval_delegation (
    id uuid PRIMARY KEY,
    from_id uuid NOT NULL,
    to_id uuid NOT NULL CHECK (to_id <> from_id),
    kinds text[] COLLATE "C" NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    reason text COLLATE "C",
    created_at timestamptz NOT NULL
);
CREATE INDEX approval_delegation_to ON approval_delegation (to_id, ends_at);
CREATE INDEX approval_delegation_from ON approval_delegation (from_id, ends_at);

-- whose waiting tasks are to be looked at, as he was disabled or moved
CREATE TABLE approval_recheck (
    employee_id uuid PRIMARY KEY,
    noted_at timestamptz NOT NULL
);
"""
_SEED_FLOW = """
INSERT INTO approval_flow (id, kind, name, name_key, name_en, state, fields, plan, revision, version_id, is_edited,
    published_at, created_at, updated_at, version)
VALUES (%s, %s, %s, %s, %s, 'DRAFT', %s, %s, 0, NULL, false, NULL, now(), now(), 1)
"""
_SEED_VERSION = """
INSERT INTO approval_flow_version (id, flow_id, revision, fields, plan, published_at)
SELECT %s, id, 1, fields, plan, now() FROM approval_flow WHERE id = %s
"""
_IN_USE = """
UPDATE approval_flow f SET state = 'PUBLISHED', revision = 1, version_id = v.id, published_at = v.published_at
FROM approval_flow_version v WHERE v.flow_id = f.id
"""
_NAMESPACE = UUID("7c1d1f0a-7b0e-5a53-8a51-0f3f8a2c6d01")


def upgrade() -> None:
    """Make the tables and enter the ready forms."""
    connection = op.get_bind()
    for ddl in (_FLOWS, _APPROVALS, _DELEGATIONS):
        connection.exec_driver_sql(ddl, execution_options={"no_parameters": True})
    for ready in READY:
        flow, version = uuid5(_NAMESPACE, ready.kind), uuid5(_NAMESPACE, f"{ready.kind}/1")
        values = (json.dumps(ready.fields), json.dumps(ready.plan))
        named = (flow, ready.kind, ready.name, pinyin_key(ready.name), ready.name_en)
        connection.exec_driver_sql(_SEED_FLOW, (*named, *values))
        connection.exec_driver_sql(_SEED_VERSION, (version, flow))
    connection.exec_driver_sql(_IN_USE)
    role = runtime_role(connection)
    # what was approved, and by which rules, is never written again
    for table in ("approval_snapshot", "approval_step", "approval_flow_version"):
        op.execute(f"REVOKE ALL ON {table} FROM {role}")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {role}")
