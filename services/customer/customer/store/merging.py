"""Merges as rows: what belongs to a customer moves to another one, noted row by row, and goes back (BYD-11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from psycopg.types.json import Jsonb

from crm_common import codec
from crm_common.protocol.declare import Changes
from customer.domain.pool import Moved
from customer.store import moves

MOVING = (
    "contact",
    "contact_phone",
    "follow_up",
    "interest",
    "need",
    "important_date",
    "sales_record",
    "lead",
    "external_id",
    "consent",
    "touch",
    "solution_plan",
    "credit_evaluation",
    "purchase",
)
"""Tables whose rows belong to the survivor from then on, all of them."""
APART = ("customer_share", "relation")
"""Tables of which a customer has each row once: what the survivor has already is kept aside."""
CLEARED = ("quality_finding",)
"""Tables whose rows about the merged one mean nothing any more; another scan writes them anew."""
STAYING = {
    "stage_change": "the steps of its own lifecycle",
    "claim_ledger": "who claimed it and when: only ever added to",
    "custom_value": "an index, written with the values",
    "contact_plan_told": "when its owner was told of it",
    "assign_mark": "how far a job has come",
}
"""Tables that name a customer and stay as they are, and why."""

_MOVE = """
WITH gone AS (UPDATE {table} SET customer_id = %(to)s WHERE customer_id = %(from)s RETURNING id)
INSERT INTO merge_move (merge_id, relation, record_id) SELECT %(merge)s, '{table}', id FROM gone
"""
_CLEAR = "DELETE FROM {table} WHERE %(from)s IN (customer_id, other_id)"
# shares are the owner's: they go along when he owns both, and to whom the survivor is not shared already
_MOVE_SHARES = """
WITH gone AS (
    UPDATE customer_share s SET customer_id = v.id, owned_since = v.owned_since FROM customer v, customer m
    WHERE v.id = %(to)s AND m.id = %(from)s AND s.customer_id = m.id AND s.owned_since = m.owned_since
        AND v.owner_id = m.owner_id
        AND NOT EXISTS (SELECT FROM customer_share o WHERE o.customer_id = v.id AND o.employee_id = s.employee_id)
    RETURNING s.id
)
INSERT INTO merge_move (merge_id, relation, record_id) SELECT %(merge)s, 'customer_share', id FROM gone
"""
# what would relate the survivor to itself, twice to the same one, or give it a second parent is kept aside
_SET_RELATIONS_ASIDE = """
WITH gone AS (
    DELETE FROM relation r WHERE %(from)s IN (r.customer_id, r.other_id) AND (
        %(to)s IN (r.customer_id, r.other_id)
        OR r.kind = 'PARENT' AND r.customer_id = %(from)s
            AND EXISTS (SELECT FROM relation o WHERE o.customer_id = %(to)s AND o.kind = 'PARENT'
                AND o.other_id <> %(from)s)
        OR EXISTS (SELECT FROM relation o WHERE o.kind = r.kind AND o.id <> r.id
            AND o.customer_id = CASE WHEN r.customer_id = %(from)s THEN %(to)s ELSE r.customer_id END
            AND o.other_id = CASE WHEN r.other_id = %(from)s THEN %(to)s ELSE r.other_id END))
    RETURNING r.*
)
INSERT INTO merge_move (merge_id, relation, record_id, removed)
SELECT %(merge)s, 'relation', id, to_jsonb(gone) FROM gone
"""
_MOVE_RELATIONS = """
WITH gone AS (
    UPDATE relation SET customer_id = CASE WHEN customer_id = %(from)s THEN %(to)s ELSE customer_id END,
        other_id = CASE WHEN other_id = %(from)s THEN %(to)s ELSE other_id END
    WHERE %(from)s IN (customer_id, other_id) RETURNING id, customer_id
)
INSERT INTO merge_move (merge_id, relation, record_id)
SELECT %(merge)s, CASE WHEN customer_id = %(to)s THEN 'relation' ELSE 'relation_of_other' END, id FROM gone
"""
_IN_A_CIRCLE = """
WITH RECURSIVE above (id) AS (
    SELECT other_id FROM relation WHERE customer_id = %(to)s AND kind = 'PARENT'
    UNION SELECT r.other_id FROM relation r JOIN above a ON r.customer_id = a.id WHERE r.kind = 'PARENT'
)
SELECT EXISTS (SELECT FROM above WHERE id = %(to)s)
"""
_BACK = """
UPDATE {table} t SET {column} = %(from)s FROM merge_move m
WHERE m.merge_id = %(merge)s AND m.relation = '{relation}' AND m.removed IS NULL AND m.record_id = t.id
    AND t.{column} = %(to)s
RETURNING t.id
"""
_SHARES_BACK = """
UPDATE customer_share s SET customer_id = %(from)s, owned_since = %(since)s FROM merge_move m
WHERE m.merge_id = %(merge)s AND m.relation = 'customer_share' AND m.record_id = s.id AND s.customer_id = %(to)s
RETURNING s.id
"""
_RELATIONS_ANEW = """
INSERT INTO relation (id, customer_id, kind, other_id, remark, created_by, created_at)
SELECT r.id, r.customer_id, r.kind, r.other_id, r.remark, r.created_by, r.created_at
FROM merge_move m CROSS JOIN LATERAL jsonb_populate_record(NULL::relation, m.removed) r
WHERE m.merge_id = %(merge)s AND m.relation = 'relation' AND m.removed IS NOT NULL
ON CONFLICT DO NOTHING RETURNING id
"""
_NOTED = "SELECT relation, record_id FROM merge_move WHERE merge_id = %s ORDER BY relation, record_id"
_INSERT = """
INSERT INTO customer_merge
    (id, survivor_id, merged_id, merged_at, merged_by, taken, given, custom, contact_id, moved)
VALUES (%(id)s, %(survivor)s, %(merged)s, %(now)s, %(by)s, '{}', '{}', '{}', NULL, 0)
"""
_FINISH = """
UPDATE customer_merge SET taken = %(taken)s, given = %(given)s, custom = %(custom)s, contact_id = %(contact)s,
    moved = (SELECT count(*) FROM merge_move WHERE merge_id = %(id)s)
WHERE id = %(id)s
"""
_GET = """
SELECT id, survivor_id, merged_id, taken, given, custom, contact_id, undone_at FROM customer_merge WHERE id = %s
"""
_RANK = "array_position(ARRAY['LOST', 'POTENTIAL', 'INTERESTED', 'DEALT', 'LOYAL'], {row}.stage::text)"
_LATER = "m.anchor_at > c.anchor_at"
CLOCK: moves.Sets = {
    "stage": f"CASE WHEN {_RANK.format(row='m')} > {_RANK.format(row='c')} THEN m.stage ELSE c.stage END",
    "customer_class": "coalesce(c.customer_class, m.customer_class)",
    "anchor_at": "greatest(c.anchor_at, m.anchor_at)",
    "anchor_extra_days": f"CASE WHEN {_LATER} THEN m.anchor_extra_days ELSE c.anchor_extra_days END",
    "warned_at": f"CASE WHEN {_LATER} THEN NULL ELSE c.warned_at END",
    "warned_due_at": f"CASE WHEN {_LATER} THEN NULL ELSE c.warned_due_at END",
    "last_follow_up_at": "greatest(c.last_follow_up_at, m.last_follow_up_at)",
    "next_contact_at": "least(c.next_contact_at, m.next_contact_at)",
    "signed_at": "least(c.signed_at, m.signed_at)",
    "dealt_at": "least(c.dealt_at, m.dealt_at)",
}
"""What the survivor ``c`` takes of the merged one ``m`` beside its record: the further stage, the later clock."""
_ADVANCE = {
    counted: moves.update(CLOCK, source="customer m", where="c.id = %(to)s AND m.id = %(from)s", counted=counted)
    for counted in (True, False)
}
_CLOCK_BACK: moves.Sets = {
    column: f"CASE WHEN (%(given)s::jsonb -> '{column}') IS NOT NULL AND c.{column} IS NOT DISTINCT FROM a.{column}"
    f" THEN b.{column} ELSE c.{column} END"
    for column in CLOCK
}
_THEN = (
    "jsonb_populate_record(NULL::customer, %(before)s::jsonb) b,"
    " jsonb_populate_record(NULL::customer, %(after)s::jsonb) a"
)
_WITHDRAW = {
    counted: moves.update(_CLOCK_BACK, source=_THEN, where="c.id = %(id)s", counted=counted)
    for counted in (True, False)
}
# the days in which it was merged are not counted against its owner
_RESTORED: moves.Sets = {
    "holding": "'OWNED'",
    "merged_into_id": "NULL",
    "owner_id": "%(owner)s::uuid",
    "owned_since": "CASE WHEN %(owner)s::uuid = b.owner_id THEN b.owned_since ELSE %(now)s END",
    "anchor_at": "%(now)s",
    "anchor_extra_days": "NULL",
}
_RESTORE = moves.update(
    _RESTORED, source="jsonb_populate_record(NULL::customer, %(before)s::jsonb) b", where="c.id = %(id)s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A merge as it was noted; ``taken`` of the merged one's row, ``given`` and ``custom`` to the survivor."""

    id: UUID
    survivor_id: UUID
    merged_id: UUID
    taken: Changes
    given: Changes
    custom: dict[str, Any]
    """``{"merged": all its custom values, "given": those that the survivor got}``."""
    contact_id: UUID | None
    undone_at: datetime | None


def begin(
    connection: sa.Connection, merge_id: UUID, survivor: UUID, merged: UUID, *, by: UUID | None, now: datetime
) -> None:
    """Note that a merge begins; its rows refer to it."""
    values = {"id": merge_id, "survivor": survivor, "merged": merged, "by": by, "now": now}
    connection.exec_driver_sql(_INSERT, values)


def move(connection: sa.Connection, merge_id: UUID, *, merged: UUID, survivor: UUID) -> dict[str, list[UUID]]:
    """Give the survivor all that belongs to the merged one; kind of record → what moved."""
    values = {"merge": merge_id, "from": merged, "to": survivor}
    for table in MOVING:
        connection.exec_driver_sql(_MOVE.format(table=table), values)
    for table in CLEARED:
        connection.exec_driver_sql(_CLEAR.format(table=table), values)
    for statement in (_MOVE_SHARES, _SET_RELATIONS_ASIDE, _MOVE_RELATIONS):
        connection.exec_driver_sql(statement, values)
    return noted(connection, merge_id)


def noted(connection: sa.Connection, merge_id: UUID) -> dict[str, list[UUID]]:
    """Kind of record → what a merge moved or set aside."""
    found: dict[str, list[UUID]] = defaultdict(list)
    for relation, record in connection.exec_driver_sql(_NOTED, (merge_id,)):
        found[relation].append(record)
    return dict(found)


def survivor(connection: sa.Connection, customer_id: UUID) -> UUID:
    """The customer itself, or the one that it is now."""
    found = connection.exec_driver_sql("SELECT coalesce(merge_survivor(%s), %s)", (customer_id, customer_id))
    result: UUID = found.scalar_one()
    return result


def in_a_circle(connection: sa.Connection, survivor: UUID) -> bool:
    """Whether the customer is above itself now."""
    return bool(connection.exec_driver_sql(_IN_A_CIRCLE, {"to": survivor}).scalar_one())


def advance(connection: sa.Connection, *, merged: UUID, survivor: UUID, now: datetime, counted: bool) -> Moved:
    """Give the survivor the further stage and the later clock of the two; ``counted``: as a change of its record."""
    row = connection.exec_driver_sql(_ADVANCE[counted], {"from": merged, "to": survivor, "now": now}).one()
    return moves.moved(tuple(row), CLOCK)


def finish(
    connection: sa.Connection, merge_id: UUID, *, taken: Changes, given: Changes, custom: Any, contact: UUID | None
) -> None:
    """Note what the merge took and gave, so that it can be taken back."""
    told = {"taken": taken, "given": given, "custom": custom}
    values = {name: Jsonb(codec.to_builtins(value)) for name, value in told.items()}
    connection.exec_driver_sql(_FINISH, values | {"id": merge_id, "contact": contact})


def get(connection: sa.Connection, merge_id: UUID) -> Merge | None:
    """The merge; under the locks of its customers."""
    row = connection.exec_driver_sql(_GET, (merge_id,)).mappings().one_or_none()
    return None if row is None else Merge(**row)


def move_back(connection: sa.Connection, merge: Merge) -> dict[str, list[UUID]]:
    """Give back what still belongs to the survivor; kind of record → what came back."""
    values: dict[str, Any] = {"merge": merge.id, "from": merge.merged_id, "to": merge.survivor_id}
    values["since"] = merge.taken["owned_since"][0]
    came: dict[str, list[UUID]] = {}
    for table in MOVING:
        statement = _BACK.format(table=table, relation=table, column="customer_id")
        came[table] = list(connection.exec_driver_sql(statement, values).scalars())
    came["customer_share"] = list(connection.exec_driver_sql(_SHARES_BACK, values).scalars())
    for relation, column in (("relation", "customer_id"), ("relation_of_other", "other_id")):
        statement = _BACK.format(table="relation", relation=relation, column=column)
        came[relation] = list(connection.exec_driver_sql(statement, values).scalars())
    came["relation"] += connection.exec_driver_sql(_RELATIONS_ANEW, values).scalars()
    return {name: records for name, records in came.items() if records}


def withdraw(connection: sa.Connection, merge: Merge, now: datetime, *, counted: bool) -> Moved:
    """Take from the survivor the stage and the clock that the merge gave it, where they are still those."""
    given = {column: merge.given[column] for column in CLOCK if column in merge.given}
    values = {
        "given": Jsonb(given),
        "before": Jsonb({column: pair[0] for column, pair in given.items()}),
        "after": Jsonb({column: pair[1] for column, pair in given.items()}),
        "id": merge.survivor_id,
        "now": now,
    }
    return moves.moved(tuple(connection.exec_driver_sql(_WITHDRAW[counted], values).one()), _CLOCK_BACK)


def restore(connection: sa.Connection, merge: Merge, owner: UUID, now: datetime) -> Moved:
    """MERGED → OWNED by ``owner``."""
    values = {"before": Jsonb(before(merge.taken)), "owner": owner, "id": merge.merged_id, "now": now}
    return moves.moved(tuple(connection.exec_driver_sql(_RESTORE, values).one()), _RESTORED)


def before(changes: Mapping[str, Any]) -> dict[str, Any]:
    """What was, of ``{field: (before, after)}``."""
    return {name: pair[0] for name, pair in changes.items()}


def undone(connection: sa.Connection, merge_id: UUID, *, by: UUID | None, now: datetime) -> None:
    """Note that a merge was taken back."""
    connection.exec_driver_sql(
        "UPDATE customer_merge SET undone_at = %s, undone_by = %s WHERE id = %s", (now, by, merge_id)
    )
