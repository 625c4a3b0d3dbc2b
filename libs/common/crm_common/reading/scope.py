"""Whose records an actor sees: the scope of a module (SELF to ALL) as a condition in SQL."""

from __future__ import annotations

from typing import Any, Protocol

import sqlalchemy as sa

from crm_common.context import Actor, ActorKind


class Scope(Protocol):
    """Narrows a view's rows to what the actor may see; what is outside does not exist for him."""

    def kind(self, actor: Actor | None) -> str | None:
        """What distinguishes the condition's text (part of the statement's key); None when every row is visible."""
        ...

    def condition(self, kind: str, alias: str) -> str:
        """The condition on the row ``alias``. ``{me}`` and ``{department}`` stand for the actor's ids, bound as uuid."""
        ...


def by_owner(module: str, *, owner: sa.Column[Any], people: sa.Table) -> Scope:
    """Rows belong to the employee in ``owner``; how far the actor sees is his scope for ``module``.

    ``people`` has ``id``, ``department_id``, ``department_path`` (``/<uuid>/<uuid>/``, COLLATE "C") and ``line`` (uuid[] of
    superiors): employee_ref, or identity's own employees. SELF: own rows; TEAM: also those of everybody whose line holds
    him; DEPT: those of his department; DEPT_TREE: those of his department and all below it; ALL and system actors: every
    row. Who has no department sees SELF instead of the last two; nobody (a public query) sees nothing.
    """
    return _ByOwner(module, owner, people)


class _ByOwner:
    def __init__(self, module: str, owner: sa.Column[Any], people: sa.Table) -> None:
        self.module = module
        self.owner = owner
        self.people = people
        for needed in ("id", "department_id", "department_path", "line"):
            if needed not in people.c:
                raise TypeError(f"{people.name} has no column {needed}, so a scope cannot be expanded by it")

    def kind(self, actor: Actor | None) -> str | None:
        if actor is None:
            return "NOBODY"
        if actor.kind is ActorKind.SYSTEM:
            return None
        level = actor.scope(self.module)
        if level == "ALL":
            return None
        return "SELF" if level in ("DEPT", "DEPT_TREE") and actor.department_id is None else level

    def condition(self, kind: str, alias: str) -> str:
        raise NotImplementedError
