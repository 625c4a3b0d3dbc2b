"""Where an employee stands: his department's path and the line of his superiors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the events of an employee tell about where he stands."""

    department_id: UUID
    department_name: str
    department_path: str
    line: tuple[UUID, ...]


def superiors(person: UUID, heads: Sequence[UUID]) -> tuple[UUID, ...]:
    """His superiors, nearest first. ``heads``: the active heads of his department and of those above, nearest first.

    Who heads departments on this path himself reports to whoever stands above the highest of them. The migration has
    the same function in SQL for changes that move many.
    """
    above = 0
    for place, head in enumerate(heads, start=1):
        if head == person:
            above = place
    return tuple(dict.fromkeys(heads[above:]))
