"""The history of a record: who changed what, when and why, and what it was at any moment (BYD-06)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from crm_common.journal.envelopes import COLUMNS, recorded, source_of
from crm_common.protocol.declare import Envelope
from crm_common.restoring import Entry, State
from crm_common.store import Store


def history(store: Store, subject: str, *, before_seq: int | None = None, first: int = 100) -> list[Entry]:
    """The events of a record (``aggregate/uuid``), the latest first; on from an older page with its last ``seq``."""
    rows = store.rows(
        f"SELECT actor_name, address, {COLUMNS} FROM journal"
        " WHERE subject = %s AND seq < %s ORDER BY seq DESC LIMIT %s",
        (subject, 2**63 - 1 if before_seq is None else before_seq, first),
    )
    events = recorded((row[2:] for row in rows), source_of(store.service), store.rows)
    return [_entry(event, *row[:2]) for event, row in zip(events, rows, strict=True)]


def state_at(store: Store, subject: str, moment: datetime) -> State | None:
    """What the record was at ``moment``, folded from its events; None where it was not (or not any more)."""
    return states_at(store, [subject], moment).get(subject)


def states_at(store: Store, subjects: Collection[str], moment: datetime) -> dict[str, State]:
    """What the records were at ``moment``, by subject, in one statement; those that were not are absent."""
    rows = store.rows(
        f"SELECT {COLUMNS} FROM journal WHERE subject = ANY(%s) AND occurred_at <= %s ORDER BY subject, seq",
        (list(subjects), moment),
    )
    states: dict[str, State | None] = {}
    for event in recorded(rows, source_of(store.service), store.rows):
        states[event.subject] = fold_changes(states.get(event.subject), event)
    return {subject: state for subject, state in states.items() if state is not None}


def fold_changes(state: State | None, event: Envelope) -> State | None:
    """The record after ``event``: what ``changes`` says came after, over what it was.

    ``<aggregate>.deleted`` ends the record, unless it leaves fields with a value (then the record was only marked).
    """
    changes: dict[str, Any] = event.data.get("changes") or {}
    after = {**(state or {}), **{field: pair[1] for field, pair in changes.items()}}
    if event.type.endswith(".deleted") and (not changes or all(value is None for value in after.values())):
        return None
    return after


def _entry(event: Envelope, actor_name: str | None, address: str | None) -> Entry:
    return Entry(
        event_id=event.id,
        type=event.type,
        seq=event.seq,
        at=event.time,
        actor=event.actor,
        actor_name=actor_name,
        address=address,
        reason=event.data.get("reason"),
        correlation_id=event.correlation_id,
        causation_id=event.causation_id,
        changes={field: (pair[0], pair[1]) for field, pair in (event.data.get("changes") or {}).items()},
        data=event.data,
    )
