"""Remembers for a minute whether an actor sees few or many rows of a view: it decides how lists are come by."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from crm_common.context import Actor
from crm_common.reading import statements
from crm_common.reading.bindings import Binding
from crm_common.reading.scope import Reach

# A wrong guess costs time, never a row: the condition itself is asked anew with every statement.
SECONDS = 60.0
MOST = 10_000

Values = dict[str, str | None]


class Readable(Protocol):
    """What reading needs of a store."""

    def read(self, sql: str, parameters: Mapping[str, Any], /) -> bytes | None:
        """The first column of the first row, raw."""
        ...


class Seen(NamedTuple):
    """The forms of the scope's condition for one actor: in a plain list, and where all that matches is gone through."""

    listing: Reach
    filtering: Reach


_SEEN = {
    b"0": Seen(Reach.FEW, Reach.FEW),
    b"1": Seen(Reach.MANY, Reach.FEW),
    b"2": Seen(Reach.MANY, Reach.MANY),
    b"3": Seen(Reach.FEW, Reach.MANY),
}


class Reaches:
    """The reach of each actor in each view, measured at most once a minute."""

    def __init__(self, store: Readable) -> None:
        self._store = store
        self._seen: dict[tuple[Binding, str, UUID], tuple[Seen, float]] = {}

    def of(self, binding: Binding, actor: Actor | None, values: Mapping[str, str | None]) -> Seen:
        """What is known of the actor's reach; one more statement when nothing is, or it was a minute ago."""
        kind = binding.scope.kind(actor) if binding.scope else None
        if kind is None or actor is None or not _differs(binding, kind):
            return _SEEN[b"2"]
        key, now = (binding, kind, actor.id), time.monotonic()
        seen, until = self._seen.get(key, (None, 0.0))
        if seen is None or until < now:
            if len(self._seen) >= MOST:
                self._seen.clear()
            seen = self._measure(binding, kind, values)
            self._seen[key] = seen, now + SECONDS
        return seen

    def _measure(self, binding: Binding, kind: str, values: Mapping[str, str | None]) -> Seen:
        statement = _measuring(binding, kind)
        return _SEEN[self._store.read(statement.sql, values) or b"2"]


@cache
def _differs(binding: Binding, kind: str) -> bool:
    scope = binding.scope
    return scope is not None and scope.condition(kind, Reach.FEW) != scope.condition(kind, Reach.MANY)


_measuring = cache(statements.reach)
