"""Events as they leave the journal: rows back into envelopes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from crm_common.journal.sealing import Ask, opened
from crm_common.protocol.declare import Envelope

COLUMNS = (
    "event_id, type, subject, seq, occurred_at, data, data_version, actor, correlation_id, causation_id, traceparent"
)
"""What `envelope` reads, in its order. ``journal`` and ``inbox`` both have them."""


def source_of(service: str) -> str:
    """The CloudEvents source of a service's events."""
    return f"/crm/{service}"


def envelope(row: Sequence[Any], source: str) -> Envelope:
    """The event in a row of `COLUMNS`."""
    event_id, event_type, subject, seq, occurred_at, data, version, actor, correlation, causation, traceparent = row
    return Envelope(
        id=event_id,
        type=event_type,
        source=source,
        subject=subject,
        seq=seq,
        time=occurred_at,
        data=data,
        data_version=version,
        actor=actor,
        correlation_id=correlation,
        causation_id=causation,
        traceparent=traceparent,
    )


def asking(connection: psycopg.Connection) -> Ask:
    """Rows of statements on this connection, for `recorded`."""
    return lambda sql, parameters: connection.execute(sql, parameters).fetchall()


def recorded(rows: Iterable[Sequence[Any]], source: str, ask: Ask) -> list[Envelope]:
    """The events in rows of the journal's `COLUMNS`, as they were recorded: what is sealed is opened, see `sealing`."""
    return opened([envelope(row, source) for row in rows], ask)
