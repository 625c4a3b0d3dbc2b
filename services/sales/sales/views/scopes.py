"""Whose records one sees: one's own, and those in the data scope with the right to look at others'."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crm_common.context import Actor, ActorKind, Context
from crm_common.projections.employees import employee_ref
from crm_common.reading import by_owner
from crm_common.reading.scope import Reach


class OwnOrTeam:
    """The data scope of a section for whoever holds one of the ``team`` keys; everybody else sees what is his own."""

    def __init__(self, section: str, *team: str, owner: sa.Column[Any]) -> None:
        self._team = team
        self._scope = by_owner(section, owner=owner, people=employee_ref)

    def kind(self, actor: Actor | None) -> str | None:
        found = self._scope.kind(actor)
        if actor is None or actor.kind is ActorKind.SYSTEM or any(actor.may(key) for key in self._team):
            return found
        return "SELF"

    def condition(self, kind: str, reach: Reach) -> str:
        return self._scope.condition(kind, reach)

    def owners(self, kind: str) -> str | None:
        return self._scope.owners(kind)

    def asked(self, context: Context, alias: str) -> str:
        """The condition for a statement of the service's own; its values are `viewer`'s."""
        kind = self.kind(context.actor)
        if kind is None:
            return "true"
        condition = self.condition(kind, Reach.FEW)
        return condition.format(t=alias, me="%(me)s::uuid", department="%(department)s::uuid")


def viewer(context: Context) -> dict[str, Any]:
    """What the condition of `OwnOrTeam.asked` is asked with."""
    actor = context.authenticated()
    return {"me": actor.id, "department": actor.department_id}
