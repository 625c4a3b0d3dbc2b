"""Claims: one conditional statement settles every customer of a call, and writes the ledger that only grows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import Statement, written
from customer.domain.claim import Gate, Limits, Verdict
from customer.domain.pool import Moved
from customer.store import moves

# Counts and locks are not of one moment within a statement: where counts decide, the claimer's row is locked first.
_LOCK = written("""
INSERT INTO claim_quota AS q (holder_id, calls) SELECT id, 1 FROM unnest(%(ids)s::uuid[]) id ORDER BY id
ON CONFLICT (holder_id) DO UPDATE SET calls = q.calls + 1
""")

# Each is asked only where the company sets the limit: what was claimed is counted from one end of the day to the other.
_DAY = "FROM claim_ledger WHERE employee_id = %(owner)s::uuid AND claimed_at >= %(day)s::timestamptz"
_LATEST = "(SELECT max(claimed_at) FROM claim_ledger WHERE employee_id = %(owner)s::uuid)"
_CLOSED = {
    "times_per_day": f"WHEN (SELECT count(DISTINCT call_id) {_DAY}) >= %(times_per_day)s::integer THEN 'TIMES'",
    "gap": f"WHEN {_LATEST} > %(now)s::timestamptz - %(gap)s::interval THEN 'GAP'",
}
_ROOM = {
    "customers_per_day": f"%(customers_per_day)s::integer - (SELECT count(*) {_DAY})",
    "held": """%(held)s::integer - (
        SELECT count(*) FROM customer h WHERE h.holding = 'OWNED' AND h.owner_id = %(owner)s::uuid)""",
    "held_by_department": """%(held_by_department)s::integer - (
        SELECT count(*) FROM employee_ref e JOIN customer h ON h.owner_id = e.id AND h.holding = 'OWNED'
        WHERE e.department_id = %(department)s::uuid)""",
}
_WITHIN_ROOM = """CASE WHEN f.verdict = 'CLAIMED'
        AND row_number() OVER (PARTITION BY f.verdict ORDER BY f.place) > g.room THEN 'NO_ROOM' ELSE f.verdict END"""

# FOR UPDATE waits for whoever claims the same customer and then sees the row as he left it; ids are locked in order.
_CLAIM = """
WITH asked AS MATERIALIZED (
    SELECT id, min(place) AS place FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS a (id, place) GROUP BY id
), gate AS MATERIALIZED (
    SELECT {closed} AS closed, {room} AS room
), found AS MATERIALIZED (
    SELECT c.id, a.place, CASE
        WHEN c.holding IN ('MERGED', 'ERASED') THEN 'GONE'
        WHEN c.holding = 'TRASH' THEN 'TRASH'
        WHEN c.owner_id = %(owner)s::uuid THEN 'MINE'
        WHEN c.holding <> 'POOL' THEN CASE WHEN c.times_in_pool > 0 THEN 'TAKEN' ELSE 'GONE' END
        WHEN NOT EXISTS (SELECT FROM pool p WHERE p.id = c.pool_id AND (cardinality(p.member_ids) = 0
            OR %(owner)s::uuid = ANY (p.member_ids) OR %(owner)s::uuid = ANY (p.admin_ids))) THEN 'GONE'
        WHEN %(freeze)s::interval > interval '0'
            AND c.pool_entered_at > %(now)s::timestamptz - %(freeze)s::interval THEN 'FROZEN'
        WHEN %(cooldown)s::interval > interval '0' AND c.last_owner_id = %(owner)s::uuid
            AND c.last_owner_lost_at > %(now)s::timestamptz - %(cooldown)s::interval THEN 'COOLING'
        ELSE 'CLAIMED' END AS verdict
    FROM asked a JOIN customer c ON c.id = a.id ORDER BY c.id FOR UPDATE OF c
), settled AS MATERIALIZED (
    SELECT f.id, f.place, {verdict} AS verdict FROM found f CROSS JOIN gate g WHERE g.closed IS NULL
), changed AS (
    {update}
), noted AS (
    INSERT INTO claim_ledger (call_id, employee_id, department_id, customer_id, claimed_at)
    SELECT %(call)s::uuid, %(owner)s::uuid, %(department)s::uuid, id, %(now)s::timestamptz FROM changed
)
SELECT g.closed, s.verdict, s.id, m.* FROM gate g LEFT JOIN settled s ON true LEFT JOIN changed m ON m.id = s.id
ORDER BY s.place
"""
_CHANGED = moves.update(
    moves.TO_OWNER,
    source="settled s",
    where="c.id = s.id AND s.verdict = 'CLAIMED' AND c.holding = 'POOL'",
)
_COUNTING = (*_CLOSED, *_ROOM)


@cache
def _claiming(limits: frozenset[str]) -> Statement:
    """The statement where these limits are set: a company's settings make one of it, or a few in all."""
    closed = " ".join(text for name, text in _CLOSED.items() if name in limits)
    room = ", ".join(text for name, text in _ROOM.items() if name in limits)
    return written(
        _CLAIM.format(
            closed=f"CASE {closed} END" if closed else "NULL::text",
            room=f"least({room})" if room else "NULL::bigint",
            verdict=_WITHIN_ROOM if room else "f.verdict",
            update=_CHANGED,
        )
    )


class Settled(NamedTuple):
    """What the statement found: ``gate`` where nothing at all may be claimed, else a verdict for each known id."""

    gate: Gate | None
    verdicts: dict[UUID, Verdict]
    claimed: list[Moved]


def lock(connection: sa.Connection, holders: Sequence[UUID]) -> None:
    """Be the only one who claims for these people or departments, until the commit."""
    _LOCK.run(connection, ids=list(holders))


def claim(
    connection: sa.Connection,
    ids: Sequence[UUID],
    limits: Limits,
    *,
    owner: UUID,
    department: UUID | None,
    call: UUID,
    now: datetime,
    day: datetime,
) -> Settled:
    """Settle a claim of the employee ``owner``, ``day`` being the midnight before ``now`` in the company's zone."""
    counting = {name: getattr(limits, name) for name in _COUNTING}
    rows = _claiming(frozenset(name for name, limit in counting.items() if limit)).rows(
        connection, ids=list(ids), owner=owner, department=department, call=call, now=now, day=day,
        cooldown=limits.cooldown, freeze=limits.freeze, **counting,
    )  # fmt: skip
    verdicts = {row[2]: Verdict(row[1]) for row in rows if row[2] is not None}
    claimed = [moves.moved(row[3:], moves.TO_OWNER) for row in rows if row[3] is not None]
    return Settled(Gate(rows[0][0]) if rows[0][0] else None, verdicts, claimed)
