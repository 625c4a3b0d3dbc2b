"""Claims: one conditional statement settles every customer of a call, and writes the ledger that only grows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from crm_common.telemetry import count_statement
from customer.domain.claim import Gate, Limits, Verdict
from customer.domain.pool import Moved
from customer.store import moves

# Counts and locks are not of one moment within a statement: where counts decide, the claimer's row is locked first.
_LOCK = """
INSERT INTO claim_quota AS q (holder_id, calls) SELECT id, 1 FROM unnest(%s::uuid[]) id ORDER BY id
ON CONFLICT (holder_id) DO UPDATE SET calls = q.calls + 1
"""

# FOR UPDATE waits for whoever claims the same customer and then sees the row as he left it; ids are locked in order.
_CLAIM = """
WITH asked AS MATERIALIZED (
    SELECT id, min(place) AS place FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS a (id, place) GROUP BY id
), past AS MATERIALIZED (
    SELECT count(DISTINCT call_id) FILTER (WHERE claimed_at >= %(day)s) AS calls,
        count(*) FILTER (WHERE claimed_at >= %(day)s) AS customers, max(claimed_at) AS latest
    FROM claim_ledger WHERE employee_id = %(owner)s AND claimed_at >= least(%(day)s, %(now)s - %(gap)s)
), gate AS MATERIALIZED (
    SELECT CASE WHEN %(times)s > 0 AND calls >= %(times)s THEN 'TIMES'
            WHEN %(gap)s > interval '0' AND latest > %(now)s - %(gap)s THEN 'GAP' END AS closed,
        least(
            CASE WHEN %(per_day)s > 0 THEN %(per_day)s - customers END,
            CASE WHEN %(held)s > 0 THEN %(held)s - (
                SELECT count(*) FROM customer h WHERE h.holding = 'OWNED' AND h.owner_id = %(owner)s) END,
            CASE WHEN %(together)s > 0 THEN %(together)s - (
                SELECT count(*) FROM employee_ref e JOIN customer h ON h.owner_id = e.id AND h.holding = 'OWNED'
                WHERE e.department_id = %(department)s::uuid) END) AS room
    FROM past
), found AS MATERIALIZED (
    SELECT c.id, a.place, CASE
        WHEN c.holding IN ('MERGED', 'ERASED') THEN 'GONE'
        WHEN c.holding = 'TRASH' THEN 'TRASH'
        WHEN c.owner_id = %(owner)s THEN 'MINE'
        WHEN c.holding <> 'POOL' THEN CASE WHEN c.times_in_pool > 0 THEN 'TAKEN' ELSE 'GONE' END
        WHEN NOT EXISTS (SELECT FROM pool p WHERE p.id = c.pool_id AND (cardinality(p.member_ids) = 0
            OR %(owner)s = ANY (p.member_ids) OR %(owner)s = ANY (p.admin_ids))) THEN 'GONE'
        WHEN %(freeze)s > interval '0' AND c.pool_entered_at > %(now)s - %(freeze)s THEN 'FROZEN'
        WHEN %(cooldown)s > interval '0' AND c.last_owner_id = %(owner)s
            AND c.last_owner_lost_at > %(now)s - %(cooldown)s THEN 'COOLING'
        ELSE 'CLAIMED' END AS verdict
    FROM asked a JOIN customer c ON c.id = a.id ORDER BY c.id FOR UPDATE OF c
), settled AS MATERIALIZED (
    SELECT f.id, f.place, CASE WHEN f.verdict = 'CLAIMED'
        AND row_number() OVER (PARTITION BY f.verdict ORDER BY f.place) > g.room THEN 'NO_ROOM'
        ELSE f.verdict END AS verdict
    FROM found f CROSS JOIN gate g WHERE g.closed IS NULL
), changed AS (
    {update}
), noted AS (
    INSERT INTO claim_ledger (call_id, employee_id, department_id, customer_id, claimed_at)
    SELECT %(call)s::uuid, %(owner)s::uuid, %(department)s::uuid, id, %(now)s::timestamptz FROM changed
)
SELECT g.closed, s.verdict, s.id, m.* FROM gate g LEFT JOIN settled s ON true LEFT JOIN changed m ON m.id = s.id
ORDER BY s.place
"""
_STATEMENT = _CLAIM.format(
    update=moves.update(
        moves.TO_OWNER,
        source="settled s",
        where="c.id = s.id AND s.verdict = 'CLAIMED' AND c.holding = 'POOL'",
    )
)


class Settled(NamedTuple):
    """What the statement found: ``gate`` where nothing at all may be claimed, else a verdict for each known id."""

    gate: Gate | None
    verdicts: dict[UUID, Verdict]
    claimed: list[Moved]


def lock(connection: sa.Connection, holders: Sequence[UUID]) -> None:
    """Be the only one who claims for these people or departments, until the commit."""
    connection.exec_driver_sql(_LOCK, (list(holders),))


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
    values = {
        "ids": list(ids), "owner": owner, "department": department, "call": call, "now": now, "day": day,
        "times": limits.times_per_day, "per_day": limits.customers_per_day, "gap": limits.gap,
        "held": limits.held, "together": limits.held_by_department,
        "cooldown": limits.cooldown, "freeze": limits.freeze,
    }  # fmt: skip
    count_statement()
    driver: Any = connection.connection.dbapi_connection
    rows = driver.execute(_STATEMENT, values, prepare=True).fetchall()
    verdicts = {row[2]: Verdict(row[1]) for row in rows if row[2] is not None}
    claimed = [moves.moved(row[3:], moves.TO_OWNER) for row in rows if row[3] is not None]
    return Settled(Gate(rows[0][0]) if rows[0][0] else None, verdicts, claimed)
