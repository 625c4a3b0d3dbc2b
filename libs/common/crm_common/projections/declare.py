"""What a projection is: a table here, its owner there, and the events that tell each record's whole state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from crm_common import codec
from crm_common.protocol.declare import Event


@dataclass(frozen=True, slots=True)
class Projection:
    """A copy of a neighbour's records in ``table (id uuid PRIMARY KEY, seq bigint, <columns>)``.

    ``events`` tell the whole row, every one of them; ``deletes`` that it is gone. All of them have the record as their
    subject, so the order of a row's states is their ``seq``. The owner offers a snapshot under the projection's name.
    ``row`` makes the columns of an event; by default they are its fields of the same names.
    """

    name: str
    owner: str
    table: str
    columns: tuple[str, ...]
    events: tuple[type[Event], ...]
    deletes: tuple[type[Event], ...] = ()
    row: Callable[[Any], dict[str, Any]] | None = field(default=None)

    @property
    def consumer(self) -> str:
        """What inbox and queues know it by."""
        return f"projection_{self.name}"

    def row_of(self, event: Event) -> dict[str, Any]:
        """The columns that an event tells, JSON-able."""
        if self.row is not None:
            return self.row(event)
        told: dict[str, Any] = codec.to_builtins(event)
        return {column: told[column] for column in self.columns}


@dataclass(frozen=True, slots=True)
class SnapshotSource:
    """What an owner shows to projections: ``select`` gives ``id`` and the columns, one row for each record.

    ``aggregate`` is the first part of the records' subject (``employee/<uuid>``). Offered by a service class as
    ``snapshots = {"employees": SnapshotSource("employee", "SELECT id, name FROM employee")}``.
    """

    aggregate: str
    select: str


def projections_of(service_cls: Any) -> tuple[Projection, ...]:
    """What a service keeps: the projections its class lists in ``projections``, and settings unless it owns them."""
    from crm_common.projections.settings import SETTINGS

    listed: tuple[Projection, ...] = tuple(getattr(service_cls, "projections", ()))
    return tuple(each for each in (*listed, SETTINGS) if each.owner != service_cls.name)
