"""What a service says of a table that can be imported, and what goes between the engine and its use cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.context import Context
from crm_common.errors import CrmError
from crm_common.exchange import Column
from crm_common.exchange.rows import ReadRow
from crm_common.protocol.importing import DuplicatePolicy

BATCH = 500
"""Rows that are written in one transaction."""


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    SKIPPED = "SKIPPED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of the row ``number``. ``record_id``: what was created or changed; ``why``: of one that was not."""

    number: int
    outcome: Outcome
    record_id: UUID | None = None
    why: CrmError | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows to write in one transaction; their values are by column key, as `crm_common.exchange.cells` reads them.

    ``host`` is what surrounds the service (`crm_common.runtime.host.ServiceHost`): its environment has the secrets.
    """

    job_id: UUID
    policy: DuplicatePolicy
    rows: Sequence[ReadRow]
    host: Any


@dataclass(frozen=True, slots=True)
class Importer:
    """One kind of table. All three run as the importing employee.

    ``columns(host, context)`` are the columns there are now, custom fields included; it may read the database.
    ``write_rows(change, batch)`` answers one result per row, in any order. It decides on duplicates inside the batch
    and against the database by ``batch.policy``, and records its events. What it raises is the fault of one of its
    rows: the batch is rolled back and tried again in halves, so it keeps nothing outside of the change.
    ``undo_rows(change, ids)`` takes records back that nobody changed since; for each id None, or why it stays.
    Without it imports of this kind cannot be undone.
    """

    columns: Callable[[Any, Context], Sequence[Column]]
    write_rows: Callable[[Change, Batch], Sequence[RowResult]]
    undo_rows: Callable[[Change, Sequence[UUID]], Sequence[CrmError | None]] | None = None
