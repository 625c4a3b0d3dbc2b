"""How a projection hears: each event puts its row, unless the row is later already."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import msgspec

from crm_common import telemetry
from crm_common.changes import Change
from crm_common.projections.declare import Projection
from crm_common.projections.rows import Rows
from crm_common.protocol.declare import Envelope


def hear(projection: Projection) -> Callable[[Change, Envelope], None]:
    """What the inbox runs for each of the projection's events, in the inbox's transaction.

    Events that come late, twice or out of order are harmless: only a later ``seq`` than the row's has an effect.
    """
    known = {event.event_type: event for event in projection.events}
    deletes = {event.event_type for event in projection.deletes}

    def take(change: Change, envelope: Envelope) -> None:
        rows = Rows(projection, change.connection)
        building = rows.share()
        record = UUID(envelope.subject.rpartition("/")[2])
        if envelope.type in deletes:
            rows.bury(record, envelope.seq)
            return
        # the owner may be newer than this service: fields that are unknown here are left aside
        event = msgspec.convert(envelope.data, known[envelope.type])
        row = projection.row_of(event) | {"id": str(record), "seq": envelope.seq}
        rows.put([row])
        if building:
            rows.stage([row])

    def handle(change: Change, envelope: Envelope) -> None:
        with telemetry.span(f"{change.service}.{projection.consumer}", change.context, kind="consumer"):
            take(change, envelope)
        lag = (change.now - envelope.time).total_seconds()
        telemetry.set_projection_lag(change.service, projection.name, max(0.0, lag))

    return handle
