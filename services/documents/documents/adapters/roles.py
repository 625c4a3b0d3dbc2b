"""Which roles somebody has now: asked of identity, as a right may hang on one."""

from __future__ import annotations

from uuid import UUID

from crm_common import codec
from crm_common.context import Context, system_context
from crm_common.protocol.selection import Selected, dump
from crm_common.runtime.client import PeerClient

_ROLES = dump([Selected("roles", "roles", {"first": 100}, (Selected("id", "id"),))])


def roles_of(client: PeerClient, employee_id: UUID, context: Context) -> list[UUID]:
    """His roles and those of his position; none for who is no employee. ``UNAVAILABLE`` when identity is away."""
    asking = system_context("documents", correlation_id=context.correlation_id, timeout=max(0.0, context.remaining()))
    payload = {"ids": [str(employee_id)], "select": _ROLES}
    (found,) = codec.decode_json(client.call("identity", "employees_by_ids", payload, asking))
    return [UUID(each["id"]) for each in found["roles"]] if found else []
