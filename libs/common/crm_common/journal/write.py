"""Writes the events of one change: place in the subject's order, journal and outbox, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

import sqlalchemy as sa

from crm_common import codec
from crm_common.context import Context
from crm_common.protocol.declare import Event


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that is not written yet. ``data`` is its JSON text."""

    id: UUID
    type: str
    subject: str
    data_version: int
    data: str

    @classmethod
    def of(cls, event: Event, event_id: UUID) -> Self:
        """The declared event with its id; TypeError when its class was never declared by a protocol."""
        kind = type(event)
        if not kind.event_type:
            raise TypeError(f"{kind.__name__} is not declared: say @protocol.event(...)")
        subject = f"{kind.event_type.partition('.')[0]}/{getattr(event, kind.subject_field)}"
        return cls(event_id, kind.event_type, subject, kind.data_version, codec.encode(event).decode())


def write(connection: sa.Connection, context: Context, service: str, now: datetime, events: Sequence[NewEvent]) -> None:
    """Append the events, in order, to journal and outbox of the open transaction; its commit wakes the relay."""
    raise NotImplementedError
