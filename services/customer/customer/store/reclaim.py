"""Reclaim as SQL: when each customer is due and why, in batches along the clock's index, and the rules by day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import written
from customer.domain.pool import Moved
from customer.domain.reclaim import Act, Rule
from customer.store import moves

RULE = "(SELECT * FROM reclaim_rule WHERE effective_from <= {at} ORDER BY effective_from DESC LIMIT 1)"
"""The rules of the day of ``{at}``, as one row."""
DUE = """(SELECT v.reason, v.since, v.days, v.since + v.days * interval '24 hours' AS due_at
    FROM (VALUES
        ('NO_FOLLOWUP', {c}.anchor_at, nullif(coalesce(
            CASE WHEN {r}.product_days <> jsonb_build_object() THEN (
                SELECT max(({r}.product_days ->> i.name_fold)::integer) FROM interest i
                WHERE i.customer_id = {c}.id) END,
            ({r}.level_days ->> {c}.level)::integer, {r}.reclaim_days), 0) + coalesce({c}.anchor_extra_days, 0)),
        ('NO_CONTRACT', {c}.owned_since, CASE WHEN {c}.signed_at IS NULL THEN nullif({r}.no_contract_days, 0) END),
        ('HELD_TOO_LONG', {c}.owned_since, nullif({r}.max_days, 0))
    ) AS v (reason, since, days)
    WHERE v.days IS NOT NULL AND NOT ({r}.exempt_dealt AND {c}.dealt_at IS NOT NULL)
    ORDER BY 4, 1 LIMIT 1)"""
"""When the customer ``{c}`` is due under the rules ``{r}``: at most one row of reason, since, days, due_at."""
FREE = "NOT EXISTS (SELECT FROM hold h WHERE h.subject = 'customer/' || {c}.id AND h.reason = 'ORDER_REVIEW')"
"""Whether no order of the customer ``{c}`` waits for review."""

_DUE = DUE.format(c="c", r="r")
_ACT = """CASE
    WHEN d.due_at <= %(at)s AND (NOT r.require_reminder OR r.remind_days = 0
        OR (c.warned_due_at = d.due_at AND c.warned_at <= %(at)s - interval '24 hours')) THEN 'TAKE'
    WHEN d.due_at <= %(at)s + r.remind_days * interval '24 hours' AND r.remind_days > 0
        AND c.warned_due_at IS DISTINCT FROM d.due_at THEN 'WARN' END"""

# Along an index of the clock, so that a run reads no more than what can be due; nothing is locked yet.
_BATCH = f"""
WITH r AS MATERIALIZED {RULE.format(at="%(at)s")},
batch AS MATERIALIZED (
    SELECT c.* FROM customer c WHERE c.holding = 'OWNED' {{narrowed}} AND c.{{clock}} <= %(until)s
        AND (c.{{clock}}, c.id) > (%(after)s::timestamptz, %(after_id)s::uuid)
    ORDER BY c.{{clock}}, c.id LIMIT %(size)s
), wanted AS (
    SELECT array_agg(c.id) AS ids FROM batch c CROSS JOIN r CROSS JOIN LATERAL {_DUE} d
    WHERE {_ACT} IS NOT NULL AND {FREE.format(c="c")}
)
SELECT (SELECT count(*) FROM batch) AS seen, l.{{clock}} AS clock, l.id, wanted.ids
FROM (SELECT * FROM batch ORDER BY {{clock}} DESC, id DESC LIMIT 1) l CROSS JOIN wanted
"""
_WALKS = {
    "anchor_at": _BATCH.format(clock="anchor_at", narrowed=""),
    "owned_since": _BATCH.format(clock="owned_since", narrowed="AND c.signed_at IS NULL"),
    "owned_since, signed too": _BATCH.format(clock="owned_since", narrowed=""),
}
_LOCK = "SELECT id FROM customer WHERE id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE"
# A statement of its own, after the locks: it sees what whoever was faster has left, and every hold.
_ACTS = f"""
WITH r AS MATERIALIZED {RULE.format(at="%(at)s")}
SELECT c.id, c.owner_id, d.due_at, d.reason, {_ACT} AS act
FROM customer c CROSS JOIN r CROSS JOIN LATERAL {_DUE} d
WHERE c.id = ANY(%(ids)s::uuid[]) AND c.holding = 'OWNED' AND {_ACT} IS NOT NULL AND {FREE.format(c="c")}
ORDER BY c.id
"""
# said twice, so that the customers are found by their ids and never by reading all of them
_NAMED = "c.id = ANY(%(ids)s::uuid[]) AND c.id = s.id"
_TAKEN: moves.Sets = {**moves.TO_POOL, "pool_reason": "s.reason"}
_TAKE = moves.update(_TAKEN, source="unnest(%(ids)s::uuid[], %(reasons)s::text[]) AS s (id, reason)", where=_NAMED)
_WARNED: moves.Sets = {"warned_at": "%(now)s", "warned_due_at": "s.due_at"}
_WARN = moves.update(
    _WARNED,
    source="unnest(%(ids)s::uuid[], %(dues)s::timestamptz[]) AS s (id, due_at)",
    where=_NAMED,
    counted=False,
)
_TOUCHED: moves.Sets = {
    "anchor_at": "greatest(c.anchor_at, %(at)s)",
    "anchor_extra_days": "CASE WHEN %(at)s >= c.anchor_at THEN %(extra)s::integer ELSE c.anchor_extra_days END",
    "last_follow_up_at": "CASE WHEN %(follow_up)s THEN greatest(c.last_follow_up_at, %(at)s)"
    " ELSE c.last_follow_up_at END",
    "signed_at": "CASE WHEN %(signed)s THEN coalesce(c.signed_at, %(at)s) ELSE c.signed_at END",
    "dealt_at": "CASE WHEN %(dealt)s THEN coalesce(c.dealt_at, %(at)s) ELSE c.dealt_at END",
    "warned_at": "CASE WHEN %(at)s >= c.anchor_at THEN NULL ELSE c.warned_at END",
}
_TOUCH = written(moves.update(_TOUCHED, where="c.id = %(id)s AND c.holding = 'OWNED'", counted=False))
_RULE_OF = RULE.format(at="%(at)s")
_NOTE_RULE = """
INSERT INTO reclaim_rule (effective_from, {names})
SELECT %(from)s, {names} FROM (SELECT * FROM reclaim_rule WHERE effective_from <= %(from)s
    ORDER BY effective_from DESC LIMIT 1) latest
ON CONFLICT (effective_from) DO NOTHING
"""
_NAMES = ", ".join(each.name for each in fields(Rule))


class Walk(NamedTuple):
    """A way along an index: ``kind`` is a key of the statements, ``until`` the latest clock that can be due."""

    kind: str
    until: datetime


class Batch(NamedTuple):
    """What lies on a walk behind a place: how many customers were looked at, the last place, those to act on."""

    seen: int
    clock: datetime
    last: UUID
    wanted: list[UUID]


class Due(NamedTuple):
    """What is to be done about a locked customer."""

    id: UUID
    owner_id: UUID
    due_at: datetime
    reason: str
    act: Act


def rule_of(connection: sa.Connection, at: datetime) -> Rule:
    """The rules of a day."""
    row = connection.exec_driver_sql(f"SELECT {_NAMES} FROM {_RULE_OF} r", {"at": at}).one()
    return Rule(**row._mapping)


def note_rule(connection: sa.Connection, column: str, value: Any, effective_from: datetime) -> None:
    """Let a rule be another one from a moment on (which lies behind all that were noted before, or is the last one)."""
    connection.exec_driver_sql(_NOTE_RULE.format(names=_NAMES), {"from": effective_from})
    given = json.dumps(value) if isinstance(value, dict) else value
    # ``column`` is one of a closed list
    connection.exec_driver_sql(
        f"UPDATE reclaim_rule SET {column} = %s WHERE effective_from >= %s",
        (given, effective_from),
    )


def walks(rule: Rule, at: datetime) -> list[Walk]:
    """All ways on which something can be due, or to be warned of, at a moment."""
    found = []
    if rule.shortest_silence is not None:
        found.append(Walk("anchor_at", at + rule.ahead - timedelta(days=rule.shortest_silence)))
    if rule.shortest_hold is not None:
        kind = "owned_since, signed too" if rule.max_days else "owned_since"
        found.append(Walk(kind, at + rule.ahead - timedelta(days=rule.shortest_hold)))
    return found


def batch(connection: sa.Connection, walk: Walk, at: datetime, after: tuple[str, str], size: int) -> Batch | None:
    """The next customers on a walk; None at its end."""
    values = {"at": at, "until": walk.until, "after": after[0], "after_id": after[1], "size": size}
    row = connection.exec_driver_sql(_WALKS[walk.kind], values).one_or_none()
    return None if row is None else Batch(row.seen, row.clock, row.id, row.ids or [])


def acts(connection: sa.Connection, ids: Sequence[UUID], at: datetime) -> list[Due]:
    """Lock these customers and judge them again."""
    connection.exec_driver_sql(_LOCK, (list(ids),))
    rows = connection.exec_driver_sql(_ACTS, {"ids": list(ids), "at": at})
    return [Due(row.id, row.owner_id, row.due_at, row.reason, Act(row.act)) for row in rows]


def take(connection: sa.Connection, due: Sequence[Due], now: datetime) -> dict[UUID, Moved]:
    """OWNED → POOL, each for its reason."""
    values = {"ids": [each.id for each in due], "reasons": [each.reason for each in due], "now": now}
    rows = connection.exec_driver_sql(_TAKE, values)
    return {row[0]: moves.moved(tuple(row), _TAKEN) for row in rows}


def warn(connection: sa.Connection, due: Sequence[Due], now: datetime) -> dict[UUID, Moved]:
    """Note for which due time the owners were warned."""
    values = {"ids": [each.id for each in due], "dues": [each.due_at for each in due], "now": now}
    rows = connection.exec_driver_sql(_WARN, values)
    return {row[0]: moves.moved(tuple(row), _WARNED) for row in rows}


def touch(connection: sa.Connection, customer_id: UUID, now: datetime, **values: Any) -> Moved | None:
    """Let the clock of a customer begin anew (``at``, ``extra``, ``follow_up``, ``signed``, ``dealt``), if it runs."""
    row = _TOUCH.first(connection, id=customer_id, now=now, **values)
    return None if row is None else moves.moved(row, _TOUCHED)
