"""Expense claims and their lines as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import statement, written
from finance.domain.expense import Claim, Line
from finance.store.records import Records
from finance.tables.spending import expense_claim, expense_line

CLAIMS = Records(expense_claim, Claim)
_LINES = statement(
    sa.select(expense_line).where(expense_line.c.claim_id == sa.bindparam("claim")).order_by(expense_line.c.place)
)
_CLAIMANT = written("SELECT name FROM employee_ref WHERE id = %(id)s")
_CLEAR = statement(sa.delete(expense_line).where(expense_line.c.claim_id == sa.bindparam("claim")))


def lines(connection: sa.Connection, claim_id: UUID) -> list[Line]:
    """The lines of a claim, in order."""
    return [_LINE.made(row) for row in _LINES.rows(connection, claim=claim_id)]


def claimant_name(connection: sa.Connection, claimant_id: UUID) -> str:
    """What the claimant is called, as this service knows him."""
    found = _CLAIMANT.first(connection, id=claimant_id)
    return "" if found is None else str(found.name)


def replace_lines(connection: sa.Connection, claim_id: UUID, of: Sequence[Line]) -> None:
    """The lines of a claim, instead of those before."""
    _CLEAR.run(connection, claim=claim_id)
    if of:
        rows = [
            asdict(each) | {"claim_id": claim_id, "item": each.item.value, "document_ids": list(each.document_ids)}
            for each in of
        ]
        connection.execute(sa.insert(expense_line), rows)


_LINE = Records(expense_line, Line)
