"""Events of the ledger as other services get them, and handlers that leave a trace."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from crm_common.changes import Change, changing
from crm_common.protocol.declare import Envelope
from ledger.host import LedgerHost, caller
from ledger.protocol import EntryChanged, EntryMade, changes_of

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def entry_id(name: str) -> UUID:
    """The id of the entry with that name."""
    return uuid5(UUID(int=1), name)


def event(name: str = "a", seq: int = 1, data: dict[str, Any] | None = None) -> Envelope:
    """Event number ``seq`` of the entry ``name``; the same arguments give the same id."""
    return Envelope(
        id=uuid5(UUID(int=2), f"{name}/{seq}"),
        type="entry.changed",
        source="/crm/elsewhere",
        subject=f"entry/{entry_id(name)}",
        seq=seq,
        time=NOW,
        data=data or {"name": name, "seq": seq},
        data_version=2,
        actor="employee:1",
        correlation_id="corr",
        causation_id=None,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )


def leave_trace(change: Change, arrived: Envelope) -> None:
    """A handler: one row of effect for each time it took effect."""
    note = f"{arrived.data.get('name')}{arrived.data.get('seq')}"
    change.connection.exec_driver_sql("INSERT INTO effect (event_id, note) VALUES (%s, %s)", (arrived.id, note))


def traces(host: LedgerHost) -> list[str]:
    """What handlers left, in the order of their effects."""
    return [note for (note,) in host.store.rows("SELECT note FROM effect ORDER BY place")]


def change_entries(host: LedgerHost, names: Iterable[str], amount: int = 1) -> None:
    """One transaction that records a change of each entry, in order."""
    with changing(host, caller()) as change:
        change.record(
            *(EntryChanged(entry_id=entry_id(name), changes=changes_of(amount=(None, amount))) for name in names)
        )


__all__ = ["EntryMade", "change_entries", "entry_id", "event", "leave_trace", "traces"]
