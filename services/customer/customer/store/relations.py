"""Relations, needs and important dates as rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

# All customers above this one, and itself; a chain is short, a circle of old data ends by UNION.
_ABOVE = """
WITH RECURSIVE above (id) AS (
    SELECT %s::uuid UNION
    SELECT r.other_id FROM relation r JOIN above a ON r.customer_id = a.id WHERE r.kind = 'PARENT'
)
SELECT id FROM above
"""
_RELATE = """
INSERT INTO relation (id, customer_id, kind, other_id, remark, created_by, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
"""
_ADD_NEED = """
INSERT INTO need (id, customer_id, content, status, remark, created_by, created_at, updated_at, version)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 1)
"""
_SAVE_NEED = """
UPDATE need SET content = %s, status = %s, remark = %s, updated_at = %s, version = version + 1 WHERE id = %s
"""
_ADD_DATE = """
INSERT INTO important_date
    (id, customer_id, contact_id, kind, title, day, yearly, created_by, created_at, updated_at, version)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 1)
"""
# Who was born on 29 February is thought of on the 28th in other years: the day after that is 1 March.
_DUE = """
WITH told AS (
    INSERT INTO important_date_told (of_id, due_on)
    SELECT d.of_id, %(day)s::date FROM (
        SELECT i.id AS of_id, i.customer_id, i.day, i.yearly FROM important_date i
        UNION ALL SELECT k.id, k.customer_id, k.birthday, true FROM contact k
            WHERE k.deleted_at IS NULL AND k.birthday IS NOT NULL
        UNION ALL SELECT c.id, c.id, c.birth_date, true FROM customer c WHERE c.birth_date IS NOT NULL
    ) d JOIN customer o ON o.id = d.customer_id
    WHERE o.holding = 'OWNED' AND (d.day = %(day)s::date OR d.yearly AND d.day < %(day)s::date AND (
        to_char(d.day, 'MMDD') = to_char(%(day)s::date, 'MMDD')
        OR to_char(d.day, 'MMDD') = '0229' AND to_char(%(day)s::date, 'MMDD') = '0228'
            AND to_char(%(day)s::date + 1, 'MMDD') = '0301'))
        AND NOT EXISTS (SELECT FROM important_date_told x WHERE x.of_id = d.of_id AND x.due_on = %(day)s::date)
    ORDER BY d.of_id LIMIT %(most)s
    ON CONFLICT DO NOTHING RETURNING of_id
)
SELECT t.of_id AS important_date_id, o.id AS customer_id, o.name AS customer_name, o.owner_id,
    coalesce(i.contact_id, k.id) AS contact_id, coalesce(i.kind, 'BIRTHDAY') AS kind,
    coalesce(i.title, k.name, o.name) AS title
FROM told t
LEFT JOIN important_date i ON i.id = t.of_id
LEFT JOIN contact k ON k.id = t.of_id
JOIN customer o ON o.id = coalesce(i.customer_id, k.customer_id, t.of_id)
"""


def above(connection: sa.Connection, customer_id: UUID) -> set[UUID]:
    """The customer and all its parents, up to the last."""
    return set(connection.exec_driver_sql(_ABOVE, (customer_id,)).scalars())


def has_parent(connection: sa.Connection, customer_id: UUID) -> bool:
    """Whether the customer has a parent company."""
    found = connection.exec_driver_sql(
        "SELECT EXISTS (SELECT FROM relation WHERE customer_id = %s AND kind = 'PARENT')", (customer_id,)
    )
    return bool(found.scalar_one())


def relate(connection: sa.Connection, row: tuple[Any, ...]) -> bool:
    """Add a relation (id, customer, kind, other, remark, by, at); False when it is there already."""
    return connection.exec_driver_sql(_RELATE, row).scalar() is not None


def one(connection: sa.Connection, table: str, record: UUID) -> dict[str, Any] | None:
    """A row of a table by its id."""
    row = connection.exec_driver_sql(f"SELECT * FROM {table} WHERE id = %s", (record,)).mappings().one_or_none()
    return None if row is None else dict(row)


def remove(connection: sa.Connection, table: str, record: UUID) -> None:
    """Delete a row by its id."""
    connection.exec_driver_sql(f"DELETE FROM {table} WHERE id = %s", (record,))


def add_need(connection: sa.Connection, row: tuple[Any, ...], now: datetime) -> None:
    """Add a need (id, customer, content, status, remark, by)."""
    connection.exec_driver_sql(_ADD_NEED, (*row, now, now))


def save_need(connection: sa.Connection, row: tuple[Any, ...], now: datetime) -> None:
    """Write a need (content, status, remark, id)."""
    connection.exec_driver_sql(_SAVE_NEED, (*row[:3], now, row[3]))


def add_date(connection: sa.Connection, row: tuple[Any, ...], now: datetime) -> None:
    """Add an important date (id, customer, contact, kind, title, day, yearly, by)."""
    connection.exec_driver_sql(_ADD_DATE, (*row, now, now))


def take_due(connection: sa.Connection, day: date, most: int) -> list[dict[str, Any]]:
    """Up to ``most`` dates and birthdays that fall on a day; each is given once for that day."""
    found = connection.exec_driver_sql(_DUE, {"day": day, "most": most})
    return [dict(row) for row in found.mappings()]


def is_contact_of(connection: sa.Connection, contact_id: UUID, customer_id: UUID) -> bool:
    """Whether a contact is the customer's."""
    found = connection.exec_driver_sql(
        "SELECT EXISTS (SELECT FROM contact WHERE id = %s AND customer_id = %s AND deleted_at IS NULL)",
        (contact_id, customer_id),
    )
    return bool(found.scalar_one())
