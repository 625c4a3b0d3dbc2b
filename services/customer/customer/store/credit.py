"""Credit evaluations as rows, under their customer's lock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.customer.credit import CreditGrade, CreditLine, CreditStatus
from crm_common.store import Store
from customer.domain.credit import COLUMNS, Credit

HOLDS = """{c}.status = 'APPROVED' AND {c}.valid_until > {now} AND NOT EXISTS (
    SELECT FROM credit_evaluation later WHERE later.customer_id = {c}.customer_id AND later.status = 'APPROVED'
        AND (later.decided_at, later.id) > ({c}.decided_at, {c}.id))"""
"""Whether the evaluation ``{c}`` is the one that holds."""
_GET = f"SELECT {', '.join(COLUMNS)}, version FROM credit_evaluation WHERE id = %s"
_INSERT = f"""
INSERT INTO credit_evaluation ({", ".join(COLUMNS)}, created_at, updated_at, version)
VALUES ({", ".join(f"%({name})s" for name in COLUMNS)}, %(now)s, %(now)s, 1)
"""
_SAVE = f"""
UPDATE credit_evaluation
SET {", ".join(f"{name} = %({name})s" for name in COLUMNS if name not in ("id", "customer_id"))},
    updated_at = %(now)s, version = version + 1
WHERE id = %(id)s
"""
_LINES = f"""
SELECT a.id AS customer_id, e.grade, e.credit_limit, e.currency, e.valid_until
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS a (id, place)
JOIN credit_evaluation e ON e.customer_id = merge_survivor(a.id)
WHERE {HOLDS.format(c="e", now="%(now)s")} ORDER BY a.place
"""


def customer_of(connection: sa.Connection, credit_id: UUID) -> UUID | None:
    """The customer of an evaluation."""
    found = connection.exec_driver_sql("SELECT customer_id FROM credit_evaluation WHERE id = %s", (credit_id,))
    return found.scalar_one_or_none()


def get(connection: sa.Connection, credit_id: UUID) -> Credit:
    """The evaluation."""
    row = connection.exec_driver_sql(_GET, (credit_id,)).mappings().one()
    typed = {
        "status": CreditStatus(row["status"]),
        "grade": CreditGrade(row["grade"]),
        "writers": tuple(row["writers"]),
    }
    return Credit(**dict(row) | typed)


def waits(connection: sa.Connection, customer_id: UUID) -> bool:
    """Whether an evaluation of the customer waits for finance."""
    found = connection.exec_driver_sql(
        "SELECT EXISTS (SELECT FROM credit_evaluation WHERE customer_id = %s AND status = 'PENDING')", (customer_id,)
    )
    return bool(found.scalar_one())


def months_after(connection: sa.Connection, now: datetime, months: int) -> datetime:
    """The same day and time so many months later, or the last day of that month."""
    found = connection.exec_driver_sql("SELECT %s::timestamptz + make_interval(months => %s)", (now, months))
    later: datetime = found.scalar_one()
    return later


def insert(connection: sa.Connection, credit: Credit, now: datetime) -> None:
    """Add an evaluation."""
    connection.exec_driver_sql(_INSERT, _values(credit) | {"now": now})


def save(connection: sa.Connection, credit: Credit, now: datetime) -> None:
    """Write an evaluation."""
    connection.exec_driver_sql(_SAVE, _values(credit) | {"now": now})


def lines(store: Store, customer_ids: Sequence[UUID], now: datetime) -> list[CreditLine]:
    """What these customers (a merged one: its survivor) may owe."""
    rows = store.rows(_LINES, {"ids": list(customer_ids), "now": now})
    return [
        CreditLine(
            customer_id=row[0], grade=CreditGrade(row[1]), credit_limit=row[2], currency=row[3], valid_until=row[4]
        )
        for row in rows
    ]


def _values(credit: Credit) -> dict[str, Any]:
    typed = {"status": credit.status.value, "grade": credit.grade.value, "writers": list(credit.writers)}
    return {name: getattr(credit, name) for name in COLUMNS} | typed
