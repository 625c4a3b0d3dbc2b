"""What audits of performance found as rows, and what was received in a period."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import written
from finance.domain.performance_audit import Audit
from finance.store.records import Records
from finance.tables.performance_audits import performance_audit

AUDITS = Records(performance_audit, Audit)
_ALONE = written("SELECT pg_advisory_xact_lock(hashtextextended('performance_audit', 0))")
_BEFORE = written("""
SELECT * FROM performance_audit
WHERE from_day = %(from_day)s::date AND to_day = %(to_day)s::date AND currency = %(currency)s
""")
_RECEIVED = written("""
SELECT owner_id, sum(amount) AS amount FROM (
    SELECT owner_id, amount FROM receipt WHERE state = 'CONFIRMED' AND currency = %(currency)s
        AND received_on BETWEEN %(from_day)s::date AND %(to_day)s::date
    UNION ALL
    SELECT owner_id, -amount FROM refund WHERE state = 'PAID' AND currency = %(currency)s
        AND paid_on BETWEEN %(from_day)s::date AND %(to_day)s::date
) moved WHERE %(employee)s::uuid IS NULL OR owner_id = %(employee)s::uuid GROUP BY owner_id
""")


def one_at_a_time(connection: sa.Connection) -> None:
    """Nobody else audits until the commit."""
    _ALONE.rows(connection)


def before(connection: sa.Connection, from_day: date, to_day: date, currency: str) -> dict[UUID, Audit]:
    """What was found of this period, by person."""
    rows = _BEFORE.rows(connection, from_day=from_day, to_day=to_day, currency=currency)
    return {row.employee_id: AUDITS.made(row) for row in rows}


def received(
    connection: sa.Connection, from_day: date, to_day: date, currency: str, employee: UUID | None
) -> dict[UUID, Decimal]:
    """What was received and confirmed in a period, less what was paid back, by whose it was."""
    given = {"from_day": from_day, "to_day": to_day, "currency": currency, "employee": employee}
    return {row.owner_id: row.amount for row in _RECEIVED.rows(connection, **given)}
