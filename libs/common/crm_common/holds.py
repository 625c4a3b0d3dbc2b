"""Guards on another service's facts: a record's owner keeps who depends on it, and asks under the record's lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_common.changes import Change
from crm_common.journal.write import actor_text
from crm_common.protocol.holds import HoldPlaced, HoldReleased, HoldRules
from crm_common.store import Store

# Whoever holds this row decides alone; the record's own events take the same lock.
_LOCK = """
INSERT INTO subject_head AS head (subject, seq) VALUES (%s, 0) ON CONFLICT (subject) DO UPDATE SET seq = head.seq
"""
_PLACE = """
INSERT INTO hold (subject, reference, reason, held_by, held_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (subject, reference) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Hold:
    """Who depends on a record. ``reference`` is ``<service>:<aggregate>/<uuid>``."""

    subject: str
    reference: str
    reason: str
    held_by: str | None
    held_at: datetime


class Holds:
    """The holds on one aggregate's records. ``placed`` and ``released`` are the events its protocol declares for it.

    All methods lock the record until the commit. A use case takes this lock first (`lock`), then loads the record and
    makes sure that it exists: in that order two of them wait for one another and never stand crosswise.
    """

    def __init__(self, placed: type[HoldPlaced], released: type[HoldReleased]) -> None:
        self._placed = placed
        self._released = released
        self._aggregate = placed.event_type.partition(".")[0]

    def place(self, change: Change, record: UUID, reference: str, reason: str) -> bool:
        """Note that ``reference`` depends on the record; False (and no event) when that was noted before."""
        subject = self.lock(change, record)
        values = (subject, reference, reason, actor_text(change.context.actor), change.now)
        if not change.connection.exec_driver_sql(_PLACE, values).rowcount:
            return False
        change.record(self._placed(record_id=record, reference=reference, reason=reason))
        return True

    def release(self, change: Change, record: UUID, reference: str) -> bool:
        """Note that it no longer does; False (and no event) when it did not."""
        subject = self.lock(change, record)
        gone = change.connection.exec_driver_sql(
            "DELETE FROM hold WHERE subject = %s AND reference = %s", (subject, reference)
        )
        if not gone.rowcount:
            return False
        change.record(self._released(record_id=record, reference=reference))
        return True

    def refuse_if_held(self, change: Change, record: UUID) -> None:
        """``BAD_STATE a_held_record_cannot_be_changed_so`` with the reasons, when anybody depends on the record."""
        subject = self.lock(change, record)
        reasons = change.connection.exec_driver_sql(
            "SELECT DISTINCT reason FROM hold WHERE subject = %s ORDER BY reason LIMIT 5", (subject,)
        ).scalars()
        found = list(reasons)
        if found:
            raise HoldRules.a_held_record_cannot_be_changed_so(reasons=", ".join(found), reference=subject)

    def lock(self, change: Change, record: UUID) -> str:
        """Wait for whoever decides about the record, and be the one until the commit; its subject."""
        subject = f"{self._aggregate}/{record}"
        change.connection.exec_driver_sql(_LOCK, (subject,))
        return subject


def older_than(store: Store, moment: datetime, *, after: Hold | None = None, first: int = 500) -> list[Hold]:
    """Holds placed before ``moment``, the oldest first, for the job that looks for orphans; ``after`` reads on."""
    begin = (after.held_at, after.subject, after.reference) if after else ("-infinity", "", "")
    rows = store.rows(
        "SELECT subject, reference, reason, held_by, held_at FROM hold WHERE held_at < %s"
        " AND (held_at, subject, reference) > (%s::timestamptz, %s, %s) ORDER BY held_at, subject, reference LIMIT %s",
        (moment, *begin, first),
    )
    return [Hold(*row) for row in rows]
