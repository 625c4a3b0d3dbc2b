"""Budgets as rows, and what is spent of them."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import written
from finance.domain.budget import Budget
from finance.store.records import Records
from finance.tables.spending import budget

BUDGETS = Records(budget, Budget)
CONSUMED = """SELECT coalesce(sum(l.amount), 0) FROM expense_line l JOIN expense_claim c ON c.id = l.claim_id
    WHERE l.item = {t}.item AND l.spent_on BETWEEN {t}.first_day AND {t}.last_day
    AND c.department_id = {t}.department_id AND c.currency = {t}.currency
    AND c.state IN ('SUBMITTED', 'APPROVED', 'PAID')"""
"""What is spent of the budget ``{t}``."""
_COLUMNS = ", ".join(f"b.{each.name}" for each in fields(Budget))
# what is spent and what may be spent are said one after the other
_ALONE = written("SELECT pg_advisory_xact_lock(hashtextextended('budget/' || %(department)s::text, 0))")
_OF_CLAIM = written(f"""
SELECT {_COLUMNS}, ({CONSUMED.format(t="b")}) AS consumed FROM budget b JOIN expense_claim claim ON claim.id = %(claim)s
WHERE b.department_id = claim.department_id AND b.currency = claim.currency AND EXISTS (
    SELECT FROM expense_line mine WHERE mine.claim_id = claim.id AND mine.item = b.item
    AND mine.spent_on BETWEEN b.first_day AND b.last_day)
ORDER BY b.id
""")
_CONSUMED = written(f"SELECT ({CONSUMED.format(t='b')}) AS consumed FROM budget b WHERE b.id = %(id)s")
_OVERLAPPING = written("""
SELECT id, first_day, last_day FROM budget WHERE department_id = %(department)s AND item = %(item)s
AND currency = %(currency)s AND first_day <= %(last_day)s AND last_day >= %(first_day)s ORDER BY first_day LIMIT 1
""")


def one_at_a_time(connection: sa.Connection, department_id: UUID) -> None:
    """Nobody else spends or budgets for the department until the commit."""
    _ALONE.rows(connection, department=department_id)


def of_claim(connection: sa.Connection, claim_id: UUID) -> list[tuple[Budget, Decimal]]:
    """The budgets that a claim is on, as it stands in the database, and what is spent of each."""
    return [(BUDGETS.made(row), row.consumed) for row in _OF_CLAIM.rows(connection, claim=claim_id)]


def consumed(connection: sa.Connection, budget_id: UUID) -> Decimal:
    """What is spent of a budget."""
    found: Decimal = _CONSUMED.first(connection, id=budget_id).consumed
    return found


def overlapping(connection: sa.Connection, made: Budget) -> Budget | None:
    """Another budget for the same in this time."""
    found = _OVERLAPPING.first(
        connection, department=made.department_id, item=made.item.value, currency=made.currency,
        first_day=made.first_day, last_day=made.last_day,
    )  # fmt: skip
    return None if found is None else BUDGETS.get(connection, found.id)
