"""Records of performance as rows, and their sums by day, which every record moves in its own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.sales.performance import PerformanceSource
from crm_common.statements import insertion, statement, written
from sales.domain.performance import Performance
from sales.tables.performance import performance

_FIELDS = (
    "id", "employee_id", "day", "amount", "currency", "source", "title", "order_id", "customer_id", "reversed",
    "reversed_at", "locked_at",
)  # fmt: skip
_COLUMNS = [performance.c[name] for name in _FIELDS]
_STANDING = performance.c.deleted_at.is_(None)
_GET = statement(sa.select(*_COLUMNS).where(performance.c.id == sa.bindparam("id"), _STANDING).with_for_update())
_OF_ORDER = statement(
    sa.select(*_COLUMNS)
    .where(
        performance.c.order_id == sa.bindparam("order_id"),
        performance.c.source == PerformanceSource.ORDER.value,
        performance.c.reversed_at.is_(None),
    )
    .with_for_update()
)
_INSERT = insertion(performance)
_DELETE = written("""
UPDATE performance SET deleted_at = %(now)s::timestamptz, updated_at = %(now)s::timestamptz, version = version + 1
WHERE id = %(id)s::uuid
""")
_TAKE_BACK = written("""
UPDATE performance SET reversed = reversed + %(back)s::numeric,
    reversed_at = CASE WHEN reversed + %(back)s::numeric = amount THEN %(now)s::timestamptz END,
    updated_at = %(now)s::timestamptz, version = version + 1
WHERE id = %(id)s::uuid
""")
_COUNT = written("""
INSERT INTO performance_day AS d (id, employee_id, day, currency, amount, records, received)
VALUES (md5(%(employee_id)s::uuid::text || %(day)s::date::text || %(currency)s::text)::uuid, %(employee_id)s::uuid,
    %(day)s::date, %(currency)s::text, %(amount)s::numeric, %(records)s::integer, %(received)s::numeric)
ON CONFLICT (employee_id, day, currency) DO UPDATE SET amount = d.amount + EXCLUDED.amount,
    records = d.records + EXCLUDED.records, received = d.received + EXCLUDED.received
""")
_LOCK = f"""
UPDATE performance SET locked_at = %s, updated_at = %s, version = version + 1
WHERE id = ANY (%s) AND locked_at IS NULL AND deleted_at IS NULL RETURNING {", ".join(_FIELDS)}
"""


def get(connection: sa.Connection, performance_id: UUID) -> Performance | None:
    """The record, locked; None where it is deleted."""
    return _record(_GET.first(connection, id=performance_id))


def of_order(connection: sa.Connection, order_id: UUID) -> Performance | None:
    """What stands of an order, locked; None where nothing does."""
    return _record(_OF_ORDER.first(connection, order_id=order_id))


def insert(connection: sa.Connection, made: Performance, now: datetime) -> None:
    """Keep a new record, and count it."""
    _INSERT.run(connection, **asdict(made), deleted_at=None, created_at=now, updated_at=now, version=1)
    count(connection, made, amount=made.amount, records=1)


def delete(connection: sa.Connection, gone: Performance, now: datetime) -> None:
    """Delete a record, and count it no longer."""
    _DELETE.run(connection, id=gone.id, now=now)
    count(connection, gone, amount=-gone.amount, records=-1)


def take_back(connection: sa.Connection, record: Performance, back: Decimal, now: datetime) -> None:
    """Note how much of an order's record was taken back."""
    _TAKE_BACK.run(connection, id=record.id, back=back, now=now)


def lock(connection: sa.Connection, ids: Sequence[UUID], now: datetime) -> list[Performance]:
    """Lock these records; those that were not yet."""
    rows = connection.exec_driver_sql(_LOCK, (now, now, list(ids))).all()
    return [found for row in rows if (found := _record(row)) is not None]


def count(
    connection: sa.Connection, of: Performance, *, amount: Decimal, records: int, received: Decimal = Decimal(0)
) -> None:
    """Move the sums of the record's person, day and currency."""
    moved(connection, of.employee_id, of.day, of.currency, amount=amount, records=records, received=received)


def moved(
    connection: sa.Connection,
    employee_id: UUID,
    day: date,
    currency: str,
    *,
    amount: Decimal = Decimal(0),
    records: int = 0,
    received: Decimal = Decimal(0),
) -> None:
    """Move the sums of a person, day and currency by so much."""
    about = {"employee_id": employee_id, "day": day, "currency": currency}
    _COUNT.run(connection, **about, amount=amount, records=records, received=received)


def _record(row: Any) -> Performance | None:
    return None if row is None else Performance(**row._asdict() | {"source": PerformanceSource(row.source)})
