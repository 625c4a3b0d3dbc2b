"""What was a record, what changed of it, and what it takes to make it so again (BYD-06). Pure: domains may use it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

State = dict[str, Any]
"""A record's fields in JSON values, as events carry them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event of a record. ``changes`` is field → (before, after); ``reason`` what the event says of its why."""

    event_id: UUID
    type: str
    seq: int
    at: datetime
    actor: str | None
    actor_name: str | None
    address: str | None
    reason: str | None
    correlation_id: str | None
    causation_id: str | None
    changes: dict[str, tuple[Any, Any]]
    data: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A field that was changed again: what it was to become, what it is, and the changes since, the earliest first."""

    field: str
    then: Any
    now: Any
    since: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """What it takes to make a record what it was: ``changes`` is field → (now, then), without those in conflict."""

    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()


def restoration(
    entries: Sequence[Entry], then: State, now: State, *, fields: Collection[str], seen: int
) -> Restoration:
    """How the ``fields`` of a record become what they were: pure, so that a command can show it before it does it.

    ``then`` and ``now`` are states (`state_at`), ``entries`` the events since, in any order; ``seen`` is the ``seq`` of
    the last event that the person who asks knew of: what was changed after it is a conflict, not a change. With the
    last ``seq`` of the moment itself, everything changed since is a conflict; a command that is told to overwrite takes
    the values of the conflicts as well. What is today what it was then is neither.
    """
    changes: dict[str, tuple[Any, Any]] = {}
    conflicts: list[Conflict] = []
    later = sorted((entry for entry in entries if entry.seq > seen), key=lambda entry: entry.seq)
    for name in sorted(fields):
        before, after = now.get(name), then.get(name)
        if before == after:
            continue
        since = tuple(entry for entry in later if name in entry.changes)
        if since:
            conflicts.append(Conflict(field=name, then=after, now=before, since=since))
        else:
            changes[name] = (before, after)
    return Restoration(changes=changes, conflicts=tuple(conflicts))
