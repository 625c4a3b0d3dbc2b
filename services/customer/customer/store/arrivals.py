"""Many customers at once, as an import brings them, and their way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from psycopg.types.json import Jsonb

from crm_common.protocol.customer.service import Holding
from customer.store import custom
from customer.store.customers import New, Same, row

# in the order of the unique index for everybody: two imports of one file then wait, and do not stand crosswise
_SAME = """
SELECT c.phone_index, c.name_fold, c.id, c.holding, c.owner_id, e.name AS owner_name
FROM unnest(%s::bytea[], %s::text[]) AS told (phone_index, name_fold)
JOIN customer c ON c.phone_index = told.phone_index AND c.name_fold = told.name_fold
    AND c.holding NOT IN ('MERGED', 'ERASED')
LEFT JOIN employee_ref e ON e.id = c.owner_id
"""
_OWNERS = "SELECT name, array_agg(id) FROM employee_ref WHERE active AND name = ANY(%s::text[]) GROUP BY name"
_UNTOUCHED = """
DELETE FROM customer c WHERE c.id = ANY(%s::uuid[]) AND c.version = 1 AND c.last_follow_up_at IS NULL
    AND c.holding IN ('OWNED', 'POOL')
    AND NOT EXISTS (SELECT FROM contact o WHERE o.customer_id = c.id)
    AND NOT EXISTS (SELECT FROM follow_up o WHERE o.customer_id = c.id)
    AND NOT EXISTS (SELECT FROM interest o WHERE o.customer_id = c.id)
    AND NOT EXISTS (SELECT FROM need o WHERE o.customer_id = c.id)
    AND NOT EXISTS (SELECT FROM relation o WHERE o.customer_id = c.id OR o.other_id = c.id)
    AND NOT EXISTS (SELECT FROM important_date o WHERE o.customer_id = c.id)
    AND NOT EXISTS (SELECT FROM sales_record o WHERE o.customer_id = c.id)
    AND NOT EXISTS (SELECT FROM stage_change o WHERE o.customer_id = c.id)
    AND NOT EXISTS (SELECT FROM customer_share o WHERE o.customer_id = c.id)
    AND NOT EXISTS (SELECT FROM lead o WHERE o.customer_id = c.id)
    AND NOT EXISTS (SELECT FROM external_id o WHERE o.customer_id = c.id)
    AND NOT EXISTS (SELECT FROM consent o WHERE o.customer_id = c.id)
    AND NOT EXISTS (SELECT FROM touch o WHERE o.customer_id = c.id)
    AND NOT EXISTS (SELECT FROM solution_plan o WHERE o.customer_id = c.id)
    AND NOT EXISTS (SELECT FROM credit_evaluation o WHERE o.customer_id = c.id)
    AND NOT EXISTS (SELECT FROM claim_ledger o WHERE o.customer_id = c.id)
    AND NOT EXISTS (SELECT FROM hold h WHERE h.subject = 'customer/' || c.id)
RETURNING c.id, c.name, c.owner_id, c.holding
"""


def insert(
    connection: sa.Connection, arriving: Sequence[New], *, by: UUID, now: datetime, import_id: UUID
) -> set[UUID]:
    """Add the customers whose phone and name nobody has; who was added."""
    own = {"import_id": import_id}
    rows = [row(each, by=by, now=now) | {"custom": Jsonb(each.custom)} | own for each in arriving]
    rows.sort(key=lambda each: (each["phone_index"], each["name_fold"]))
    values = [value for each in rows for value in each.values()]
    statement = _statement(tuple(rows[0]), len(rows))
    return set(connection.exec_driver_sql(statement, tuple(values)).scalars())


def same(connection: sa.Connection, keys: Sequence[tuple[bytes, str]]) -> dict[tuple[bytes, str], Same]:
    """Who has these phones (as their indexes) and names."""
    told = ([each[0] for each in keys], [each[1] for each in keys])
    return {
        (bytes(each.phone_index), each.name_fold): Same(
            id=each.id, holding=Holding(each.holding), owner_id=each.owner_id, owner_name=each.owner_name
        )
        for each in connection.exec_driver_sql(_SAME, told)
    }


def named(connection: sa.Connection, names: Sequence[str]) -> dict[str, list[UUID]]:
    """The active employees of these names."""
    return {name: list(ids) for name, ids in connection.exec_driver_sql(_OWNERS, (list(names),))}


def take_back(connection: sa.Connection, customer_ids: Sequence[UUID]) -> list[Any]:
    """Remove those whom nobody has touched since they came: (id, name, owner_id, holding) of each."""
    gone = list(connection.exec_driver_sql(_UNTOUCHED, (list(customer_ids),)))
    custom.forget(connection, [each.id for each in gone])
    return gone


@cache
def _statement(names: tuple[str, ...], rows: int) -> str:
    places = f"({', '.join(['%s'] * len(names))})"
    return (
        f"INSERT INTO customer ({', '.join(names)}) VALUES {', '.join([places] * rows)}"
        " ON CONFLICT (phone_index, name_fold) WHERE holding NOT IN ('MERGED', 'ERASED') DO NOTHING RETURNING id"
    )
