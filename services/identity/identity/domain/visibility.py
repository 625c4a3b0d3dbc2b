"""Whose records somebody may change: the same data scope that decides what he sees (IDN-19)."""

from __future__ import annotations

from uuid import UUID

from crm_common.context import Actor, ActorKind
from identity.domain.line import Place

MODULE = "org"


def sees(actor: Actor, employee_id: UUID, place: Place) -> bool:
    """Whether an employee at this place is in the actor's scope; outside of it he does not exist for him."""
    if actor.kind is ActorKind.SYSTEM or actor.id == employee_id:
        return True
    scope = actor.scope(MODULE)
    if scope == "TEAM":
        return actor.id in place.line
    if scope == "DEPT":
        return actor.department_id == place.department_id
    if scope == "DEPT_TREE":
        return actor.department_id is not None and f"/{actor.department_id}/" in place.department_path
    return scope == "ALL"
