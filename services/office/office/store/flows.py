"""Flows as rows, and the revisions that approvals run by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common import codec
from crm_common.protocol.office.flows import FlowState
from crm_common.protocol.office.flows_plan import FlowField, FlowPlan
from crm_common.store import Store
from crm_common.text_order import pinyin_key
from office.domain.flow_editing import Flow

_COLUMNS = "id, kind, name, name_en, description, state, fields, plan, revision, version_id, is_edited, version"
_LOCKED = f"SELECT {_COLUMNS} FROM approval_flow WHERE id = %s FOR UPDATE"
_IN_USE = "SELECT name FROM approval_flow WHERE kind = %s AND state = 'PUBLISHED' AND id <> %s"
_INSERT = """
INSERT INTO approval_flow (id, kind, name, name_key, name_en, description, state, fields, plan, revision, version_id,
    is_edited, created_at, updated_at, version)
VALUES (%(id)s, %(kind)s, %(name)s, %(name_key)s, %(name_en)s, %(description)s, %(state)s, %(fields)s::jsonb,
    %(plan)s::jsonb, %(revision)s, %(version_id)s, %(is_edited)s, %(now)s, %(now)s, %(version)s)
"""
_SAVE = """
UPDATE approval_flow SET name = %(name)s, name_key = %(name_key)s, name_en = %(name_en)s,
    description = %(description)s, state = %(state)s, fields = %(fields)s::jsonb, plan = %(plan)s::jsonb,
    published_at = CASE WHEN revision <> %(revision)s THEN %(now)s ELSE published_at END, revision = %(revision)s,
    version_id = %(version_id)s, is_edited = %(is_edited)s, updated_at = %(now)s, version = %(version)s
WHERE id = %(id)s
"""
_PUBLISH = """
INSERT INTO approval_flow_version (id, flow_id, revision, fields, plan, published_at, published_by)
VALUES (%(version_id)s, %(id)s, %(revision)s, %(fields)s::jsonb, %(plan)s::jsonb, %(now)s, %(by)s)
"""
_OF_KIND = """
SELECT v.id, f.id AS flow_id, f.name, v.fields, v.plan FROM approval_flow f JOIN approval_flow_version v
    ON v.id = f.version_id
WHERE f.kind = %s AND f.state = 'PUBLISHED'
"""
_OF_APPROVAL = """
SELECT v.id, f.id AS flow_id, f.name, v.fields, v.plan FROM approval a JOIN approval_flow f ON f.id = a.flow_id
    JOIN approval_flow_version v ON v.id = a.flow_version_id
WHERE a.id = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What an approval runs by: a published revision of a flow; it never changes."""

    id: UUID
    flow_id: UUID
    name: str
    fields: tuple[FlowField, ...]
    plan: FlowPlan


def locked(connection: sa.Connection, flow_id: UUID) -> Flow | None:
    """The flow, locked."""
    row = connection.exec_driver_sql(_LOCKED, (flow_id,)).mappings().one_or_none()
    if row is None:
        return None
    found = dict(row) | _drawn(row["fields"], row["plan"]) | {"state": FlowState(row["state"])}
    return Flow(**found)


def in_use(connection: sa.Connection, kind: str, but: UUID) -> str | None:
    """The name of another flow that is in use for the kind."""
    found: str | None = connection.exec_driver_sql(_IN_USE, (kind, but)).scalar_one_or_none()
    return found


def insert(connection: sa.Connection, made: Flow, now: datetime) -> None:
    """Keep a new flow."""
    connection.exec_driver_sql(_INSERT, _values(made, now))


def save(connection: sa.Connection, changed: Flow, now: datetime) -> None:
    """Keep what changed of a flow."""
    connection.exec_driver_sql(_SAVE, _values(changed, now))


def publish(connection: sa.Connection, published: Flow, by: UUID, now: datetime) -> None:
    """Keep the revision that is in use now."""
    connection.exec_driver_sql(_PUBLISH, _values(published, now) | {"by": by})


def revision_of_kind(store: Store, kind: str) -> Revision | None:
    """What approvals of a kind are started by."""
    return _revision(store.rows(_OF_KIND, (kind,)))


def revision_of(store: Store, approval_id: UUID) -> Revision | None:
    """What an approval runs by."""
    return _revision(store.rows(_OF_APPROVAL, (approval_id,)))


def _revision(rows: list[tuple[Any, ...]]) -> Revision | None:
    if not rows:
        return None
    [(version_id, flow_id, name, fields, plan)] = rows
    return Revision(id=version_id, flow_id=flow_id, name=name, **_drawn(fields, plan))


def _drawn(fields: Any, plan: Any) -> dict[str, Any]:
    return {
        "fields": codec.from_builtins(fields, tuple[FlowField, ...]),
        "plan": codec.from_builtins(plan, FlowPlan),
    }


def _values(flow: Flow, now: datetime) -> dict[str, Any]:
    return {
        "id": flow.id, "kind": flow.kind, "name": flow.name, "name_key": pinyin_key(flow.name),
        "name_en": flow.name_en, "description": flow.description, "state": flow.state.value,
        "fields": codec.encode(flow.fields).decode(), "plan": codec.encode(flow.plan).decode(),
        "revision": flow.revision, "version_id": flow.version_id, "is_edited": flow.is_edited,
        "version": flow.version, "now": now,
    }  # fmt: skip
