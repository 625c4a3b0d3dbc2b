"""What an import of contracts looks for: the customers that its rows name, and contracts that are there already."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

_ALONE = "SELECT pg_advisory_xact_lock(hashtext('contract_import'))"
# names are compared as people write them: full-width brackets are brackets
_NAMED = """
SELECT g.name AS given, c.id, c.name, c.owner_id FROM unnest(%(names)s::text[]) AS g(name)
JOIN customer_ref c ON lower(normalize(c.name, NFKC)) = lower(normalize(g.name, NFKC))
WHERE c.owner_id IS NOT NULL AND c.holding = 'OWNED' ORDER BY c.id
"""
_SAME = """
SELECT id, number, owner_id, version FROM contract
WHERE customer_id = %(customer)s AND lower(normalize(name, NFKC)) = lower(normalize(%(name)s, NFKC))
    AND deleted_at IS NULL ORDER BY created_at, id LIMIT 1
"""


class Named(NamedTuple):
    """A customer that a row may mean, in somebody's name."""

    id: UUID
    name: str
    owner_id: UUID


class Same(NamedTuple):
    """A contract of that name."""

    id: UUID
    number: str
    owner_id: UUID
    version: int


def alone(connection: sa.Connection) -> None:
    """One batch of contracts is written at a time: what two files tell at once is there once."""
    connection.exec_driver_sql(_ALONE)


def customers_named(connection: sa.Connection, names: Collection[str]) -> dict[str, list[Named]]:
    """The customers in somebody's name that are called so, by the name as it was given."""
    found: dict[str, list[Named]] = {}
    for row in connection.exec_driver_sql(_NAMED, {"names": list(names)}):
        found.setdefault(row.given, []).append(Named(row.id, row.name, row.owner_id))
    return found


def same(connection: sa.Connection, customer_id: UUID, name: str) -> Same | None:
    """The customer's contract of this name."""
    row = connection.exec_driver_sql(_SAME, {"customer": customer_id, "name": name}).one_or_none()
    return None if row is None else Same(*row)
