"""What waits in departments' queues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from customer.domain.pool import Moved
from customer.store import moves

_WAITING = """
SELECT c.id, c.queue_department_id, h.head_id, c.queued_at
FROM customer c LEFT JOIN queue_head h ON h.department_id = c.queue_department_id
WHERE c.holding = 'DEPT_QUEUE' AND c.queue_told_at IS NULL AND c.queued_at <= %(since)s
ORDER BY c.queued_at, c.id LIMIT %(most)s FOR UPDATE OF c SKIP LOCKED
"""
_TOLD: moves.Sets = {"queue_told_at": "%(now)s"}
_TELL = moves.update(_TOLD, where="c.id = ANY(%(ids)s::uuid[])", counted=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A customer in a queue, and who is to pass it on."""

    customer: Moved
    department_id: UUID
    head_id: UUID | None
    queued_at: datetime


def take_waiting(connection: sa.Connection, *, since: datetime, now: datetime, most: int) -> list[Waiting]:
    """Up to ``most`` customers that wait since then or longer, the longest first; each is given once per queueing."""
    found = connection.exec_driver_sql(_WAITING, {"since": since, "most": most}).all()
    if not found:
        return []
    rows = connection.exec_driver_sql(_TELL, {"ids": [row.id for row in found], "now": now})
    told = {row[0]: moves.moved(tuple(row), _TOLD) for row in rows}
    return [Waiting(told[row.id], row.queue_department_id, row.head_id, row.queued_at) for row in found]
