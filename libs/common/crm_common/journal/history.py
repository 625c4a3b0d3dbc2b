"""The history of a record: who changed what, when and why, and what it was at any moment (BYD-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from crm_common.journal.envelopes import COLUMNS, envelope, source_of
from crm_common.protocol.declare import Envelope
from crm_common.store import Store

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


def history(store: Store, subject: str, *, before_seq: int | None = None, first: int = 100) -> list[Entry]:
    """The events of a record (``aggregate/uuid``), the latest first; on from an older page with its last ``seq``."""
    rows = store.rows(
        "SELECT event_id, type, seq, occurred_at, actor, actor_name, address, correlation_id, causation_id, data"
        " FROM journal WHERE subject = %s AND seq < %s ORDER BY seq DESC LIMIT %s",
        (subject, 2**63 - 1 if before_seq is None else before_seq, first),
    )
    return [_entry(row) for row in rows]


def state_at(store: Store, subject: str, moment: datetime) -> State | None:
    """What the record was at ``moment``, folded from its events; None where it was not (or not any more)."""
    rows = store.rows(
        f"SELECT {COLUMNS} FROM journal WHERE subject = %s AND occurred_at <= %s ORDER BY seq", (subject, moment)
    )
    state: State | None = None
    for row in rows:
        state = fold_changes(state, envelope(row, source_of(store.service)))
    return state


def fold_changes(state: State | None, event: Envelope) -> State | None:
    """The record after ``event``: what ``changes`` says came after, over what it was.

    ``<aggregate>.deleted`` ends the record, unless it leaves fields with a value (then the record was only marked).
    """
    changes: dict[str, Any] = event.data.get("changes") or {}
    after = {**(state or {}), **{field: pair[1] for field, pair in changes.items()}}
    if event.type.endswith(".deleted") and (not changes or all(value is None for value in after.values())):
        return None
    return after


def _entry(row: tuple[Any, ...]) -> Entry:
    event_id, event_type, seq, at, actor, actor_name, address, correlation_id, causation_id, data = row
    return Entry(
        event_id=event_id,
        type=event_type,
        seq=seq,
        at=at,
        actor=actor,
        actor_name=actor_name,
        address=address,
        reason=data.get("reason"),
        correlation_id=correlation_id,
        causation_id=causation_id,
        changes={field: (pair[0], pair[1]) for field, pair in (data.get("changes") or {}).items()},
        data=data,
    )
