"""Writes the events of one change: place in the subject's order, journal and outbox, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any, Self
from uuid import UUID

import sqlalchemy as sa

from crm_common import codec
from crm_common.context import Actor, ActorKind, Context
from crm_common.journal import sealing
from crm_common.protocol.declare import Event
from crm_common.statements import line_of, numbered
from crm_common.store import note_events

# The row of subject_head is locked by its update until the commit: changes of one subject commit in the order of seq.
# Heads are taken in the order of their names, so that two changes of the same subjects cannot wait for one another.
_WRITE = """
WITH given (event_id, type, subject, data_version, data, place) AS (
    {given}
), heads AS (
    INSERT INTO subject_head AS head (subject, seq) {counted}
    ON CONFLICT (subject) DO UPDATE SET seq = head.seq + EXCLUDED.seq
    RETURNING subject, seq
), numbered AS (
    {numbered}
), written AS (
    INSERT INTO journal (txid, event_id, type, subject, seq, occurred_at, actor, actor_name, address, client,
        correlation_id, causation_id, traceparent, data_version, data)
    SELECT pg_current_xact_id()::text::bigint + (SELECT shift FROM journal_epoch), event_id, type, subject, seq, %s,
        %s, %s, %s, %s, %s, %s, %s, data_version, data::json
    FROM numbered ORDER BY place
    RETURNING position, txid, event_id, subject, occurred_at
), known AS (
    INSERT INTO journal_event (event_id) SELECT event_id FROM written
)
INSERT INTO outbox (position, txid, occurred_at, subject) SELECT position, txid, occurred_at, subject FROM written
"""
_COUNTED = "SELECT subject, count(*) FROM given GROUP BY subject ORDER BY subject"
_NUMBERED = """SELECT given.*, heads.seq + 1 - row_number() OVER (PARTITION BY subject ORDER BY place DESC) AS seq
    FROM given JOIN heads USING (subject)"""
# Most changes tell of one event: it needs no counting, sorting and joining, a quarter of the cost.
_COUNTED_ONE, _NUMBERED_ONE = "SELECT subject, 1 FROM given", "SELECT given.*, heads.seq FROM given CROSS JOIN heads"
_EVENT = "(%s::uuid, %s::text, %s::text, %s::integer, %s::text, {place})"
_ANY_NUMBER = (
    "SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::integer[], string_to_array(%s::text, E'\\x1e'))"
    " WITH ORDINALITY"
)
# JSON escapes every control character, so this one stands between texts of it: the driver has no quotes to escape.
_BETWEEN = "\x1e"
# Arrays cost the driver three times as much; a change rarely tells of more.
_FEW = 6


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that is not written yet. ``data`` is its JSON text, ``key`` what opens what is sealed in it."""

    id: UUID
    type: str
    subject: str
    data_version: int
    data: str
    key: sealing.Key | None = None

    @classmethod
    def of(cls, event: Event, event_id: UUID) -> Self:
        """The declared event with its id; TypeError when its class was never declared by a protocol."""
        kind = type(event)
        if not kind.event_type:
            raise TypeError(f"{kind.__name__} is not declared: say @protocol.event(...)")
        subject = f"{kind.event_type.partition('.')[0]}/{getattr(event, kind.subject_field)}"
        sealed = sealing.sealed(event, event_id) if kind.personal else None
        data, key = sealed or (codec.encode(event).decode(), None)
        return cls(event_id, kind.event_type, subject, kind.data_version, data, key)


def actor_text(actor: Actor | None) -> str | None:
    """``employee:<uuid>``, ``api_client:<uuid>`` or ``system:<service>``: how journal and messages name an actor."""
    if actor is None:
        return None
    if actor.kind is ActorKind.SYSTEM:
        return actor.name
    return f"{actor.kind.lower()}:{actor.id}"


def write(connection: sa.Connection, context: Context, now: datetime, events: Sequence[NewEvent]) -> None:
    """Append the events, in order, to journal and outbox of the store's open transaction; its commit wakes the relay.

    It is sent with the next statement or with the commit, which raise what fails in it: an id that the journal has
    already is psycopg's UniqueViolation, whatever its time.
    """
    told = [(event.id, event.type, event.subject, event.data_version, event.data) for event in events]
    few = len(events) <= _FEW
    given = list(chain.from_iterable(told)) if few else _columns(told)
    common = (
        now,
        actor_text(context.actor),
        context.actor and context.actor.name,
        context.address,
        context.client,
        context.correlation_id,
        context.causation_id,
        context.traceparent,
    )
    note_events()
    line_of(connection).ask(_statement(len(events) if few else None), (*given, *common))
    sealing.keep(connection, [event.key for event in events if event.key])


def _text(events: int | None) -> str:
    given = _ANY_NUMBER if events is None else f"VALUES {', '.join(_EVENT.format(place=n) for n in range(events))}"
    if events == 1:
        return _WRITE.format(given=given, counted=_COUNTED_ONE, numbered=_NUMBERED_ONE)
    return _WRITE.format(given=given, counted=_COUNTED, numbered=_NUMBERED)


def _columns(told: Sequence[tuple[Any, ...]]) -> list[Any]:
    *columns, texts = zip(*told, strict=True)
    return [*map(list, columns), _BETWEEN.join(texts)]


@cache
def _statement(events: int | None) -> bytes:
    return numbered(_text(events))[0]
