"""Assignment rules as rows, and what they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.customer.assign_rules import AssignedKind, AssignWay
from customer.domain.assign_rule import AssignRule

_COLUMNS = tuple(each.name for each in fields(AssignRule))
_WRITTEN = tuple(name for name in _COLUMNS if name not in ("id", "version"))
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM assign_rule"
_INSERT = (
    f"INSERT INTO assign_rule (id, {', '.join(_WRITTEN)}, created_at, updated_at, version)"
    f" VALUES ({', '.join(['%s'] * (len(_WRITTEN) + 3))}, 1)"
)
_SAVE = (
    f"UPDATE assign_rule SET {', '.join(f'{name} = %s' for name in _WRITTEN)}, updated_at = %s, version = version + 1"
    " WHERE id = %s"
)
# in the order of their entry; who is changed just now is waited for
_ENTERED = """
SELECT c.id, c.region, c.industry, c.source, c.level, c.last_owner_id, c.pool_entered_at
FROM customer c, assign_mark m
WHERE c.holding = 'POOL' AND c.pool_entered_at <= %s
    AND (c.pool_entered_at, c.id) > (m.pool_entered_at, m.customer_id)
ORDER BY c.pool_entered_at, c.id LIMIT %s FOR UPDATE OF c
"""
_MARK = """
UPDATE assign_mark SET pool_entered_at = greatest(pool_entered_at, %s), customer_id = %s
"""
_LOADS = {
    AssignedKind.LEAD: """
SELECT owner_id, count(*) AS held FROM lead WHERE owner_id = ANY(%s::uuid[]) AND status IN ('ASSIGNED', 'FOLLOWING')
GROUP BY owner_id
""",
    AssignedKind.CUSTOMER: """
SELECT owner_id, count(*) AS held FROM customer WHERE owner_id = ANY(%s::uuid[]) AND holding = 'OWNED' GROUP BY owner_id
""",
}


def active(connection: sa.Connection, kind: AssignedKind) -> list[AssignRule]:
    """The rules that are asked about a kind, in their order."""
    rows = connection.exec_driver_sql(f"{_SELECT} WHERE active AND kind = %s ORDER BY place, id", (kind.value,))
    return [_rule(row) for row in rows.mappings()]


def locked(connection: sa.Connection, rule_id: UUID) -> AssignRule | None:
    """The rule, locked until the commit."""
    row = connection.exec_driver_sql(f"{_SELECT} WHERE id = %s FOR UPDATE", (rule_id,)).mappings().one_or_none()
    return None if row is None else _rule(row)


def insert(connection: sa.Connection, added: AssignRule, now: datetime) -> None:
    """Add a rule."""
    connection.exec_driver_sql(_INSERT, (added.id, *_row(added), now, now))


def save(connection: sa.Connection, changed: AssignRule, now: datetime) -> None:
    """Write a rule."""
    connection.exec_driver_sql(_SAVE, (*_row(changed), now, changed.id))


def delete(connection: sa.Connection, rule_id: UUID) -> None:
    """Remove a rule."""
    connection.exec_driver_sql("DELETE FROM assign_rule WHERE id = %s", (rule_id,))


def entered_the_pool(connection: sa.Connection, until: datetime, most: int) -> list[dict[str, Any]]:
    """Up to ``most`` customers that came into the pool by ``until`` and were not offered to the rules yet, locked."""
    return [dict(row) for row in connection.exec_driver_sql(_ENTERED, (until, most)).mappings()]


def mark(connection: sa.Connection, entered_at: datetime, customer_id: UUID) -> None:
    """Whoever came into the pool up to there was offered to the rules."""
    connection.exec_driver_sql(_MARK, (entered_at, customer_id))


def take_turn(connection: sa.Connection, rule_id: UUID) -> int:
    """How often the rule gave something out before; the next one waits for the commit, so nobody's turn is doubled."""
    found = connection.exec_driver_sql(
        "UPDATE assign_rule SET turn = turn + 1 WHERE id = %s RETURNING turn", (rule_id,)
    )
    return int(found.scalar_one()) - 1


def loads(connection: sa.Connection, kind: AssignedKind, people: Sequence[UUID]) -> dict[UUID, int]:
    """How many of a kind each of these has."""
    rows = connection.exec_driver_sql(_LOADS[kind], (list(people),))
    return {row.owner_id: row.held for row in rows}


def _rule(row: Any) -> AssignRule:
    lists = {name: tuple(row[name]) for name in ("regions", "industries", "sources", "levels", "employee_ids")}
    return AssignRule(**dict(row) | lists | {"kind": AssignedKind(row["kind"]), "way": AssignWay(row["way"])})


def _row(of: AssignRule) -> tuple[Any, ...]:
    values = (getattr(of, name) for name in _WRITTEN)
    return tuple(list(value) if isinstance(value, tuple) else value for value in values)
