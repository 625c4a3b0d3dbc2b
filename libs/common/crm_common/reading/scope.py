"""Whose records an actor sees: the scope of a module (SELF to ALL) as a condition in SQL."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Protocol

import sqlalchemy as sa

from crm_common.context import SCOPES, Actor, ActorKind


class Reach(StrEnum):
    """How the rows are come by, which decides what form of the same condition is fast.

    PROBE: single rows are at hand, each is asked for its owner. FEW: the actor sees so few rows that they are fetched
    by owner and sorted. MANY: so many that walking along the order's index and leaving out the others is quicker.
    """

    PROBE = "PROBE"
    FEW = "FEW"
    MANY = "MANY"


class Scope(Protocol):
    """Narrows a view's rows to what the actor may see; what is outside does not exist for him."""

    def kind(self, actor: Actor | None) -> str | None:
        """What distinguishes the condition's text (part of the statement's key); None when every row is visible."""
        ...

    def condition(self, kind: str, reach: Reach) -> str:
        """The condition on the row ``{t}``. ``{me}`` and ``{department}`` stand for the actor's ids, bound as uuid."""
        ...

    def owners(self, kind: str) -> str | None:
        """A SELECT of whom the rows may belong to, for counting them; None where that is nobody's question."""
        ...


def by_owner(module: str, *, owner: sa.Column[Any], people: sa.Table) -> Scope:
    """Rows belong to the employee in ``owner``; how far the actor sees is his scope for ``module``.

    ``people`` has ``id``, ``department_id``, ``department_path`` (``/<uuid>/<uuid>/``, COLLATE "C") and ``line``
    (uuid[] of superiors): employee_ref, or identity's own employees. SELF: own rows; TEAM: also those of everybody
    whose line holds him; DEPT: those of his department; DEPT_TREE: those of his department and all below it; ALL and
    system actors: every row. Who has no department sees SELF instead of the last two; nobody (a public query) sees
    nothing.
    """
    for needed in ("id", "department_id", "department_path", "line"):
        if needed not in people.c:
            raise TypeError(f"{people.name} has no column {needed}, so a scope cannot be expanded by it")
    return _ByOwner(module, owner, people)


class _ByOwner:
    def __init__(self, module: str, owner: sa.Column[Any], people: sa.Table) -> None:
        self._module = module
        self._owner = f"{{t}}.{owner.name}"
        self._people = people.name if people.schema is None else f"{people.schema}.{people.name}"
        # the people themselves: no need to ask who they are
        self._themselves = owner is people.c.id

    def kind(self, actor: Actor | None) -> str | None:
        if actor is None:
            return "NOBODY"
        if actor.kind is ActorKind.SYSTEM:
            return None
        level = actor.scope(self._module)
        if level == "ALL":
            return None
        if level not in SCOPES or (level in ("DEPT", "DEPT_TREE") and actor.department_id is None):
            return "SELF"
        return level

    def condition(self, kind: str, reach: Reach) -> str:
        if kind == "NOBODY":
            return "false"
        if kind == "SELF":
            return f"{self._owner} = {{me}}"
        if self._themselves:
            return self._myself_or(self._who(kind, "{t}", reach), reach)
        if reach is Reach.PROBE:
            owner = f"SELECT FROM {self._people} p WHERE p.id = {self._owner} AND {self._who(kind, 'p', reach)}"
            return f"({self._owner} = {{me}} OR EXISTS ({owner}))"
        owners = f"SELECT p.id FROM {self._people} p WHERE {self._who(kind, 'p', reach)} UNION ALL SELECT {{me}}"
        if reach is Reach.FEW:
            return f"{self._owner} = ANY (ARRAY({owners}))"
        # IS TRUE keeps it a filter by a hash: as a join the planner would trust its guess of how many owners there are
        return f"({self._owner} IN ({owners})) IS TRUE"

    def owners(self, kind: str) -> str | None:
        if self._themselves or kind in ("NOBODY", "SELF"):
            return None
        return f"SELECT FROM {self._people} p WHERE {self._who(kind, 'p', Reach.FEW)}"

    @staticmethod
    def _myself_or(seen: str, reach: Reach) -> str:
        seen = f"({seen} OR {{t}}.id = {{me}})"
        # what stands in a CASE is no reason for the planner to leave another index
        return seen if reach is Reach.FEW else f"CASE WHEN {seen} THEN true END"

    def _who(self, kind: str, alias: str, reach: Reach) -> str:
        if kind == "TEAM":
            return f"{alias}.line @> ARRAY[{{me}}]"
        if kind == "DEPT":
            return f"{alias}.department_id = {{department}}"
        mine = f"(SELECT m.department_path FROM {self._people} m WHERE m.id = {{me}})"
        if reach is Reach.PROBE:
            return f"starts_with({alias}.department_path, {mine})"
        # the tree as a range of paths, which an index on the path serves: '0' is what follows '/'
        path = f'{alias}.department_path COLLATE "C"'
        return f"({path} >= {mine} AND {path} < rtrim({mine}, '/') || '0')"
