"""Uses of funds and what was returned as rows."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import written
from finance.domain.fund import FundReturn, FundUse
from finance.store.records import Records
from finance.tables.funds import fund_return, fund_use

FUND_USES = Records(fund_use, FundUse)
FUND_RETURNS = Records(fund_return, FundReturn)
_COLUMNS = ", ".join(each.name for each in fields(FundUse))
_OVERDUE = written(f"""
SELECT {_COLUMNS} FROM fund_use WHERE state IN ('OPEN', 'PARTIAL')
AND due_on < %(today)s::date AND (due_on, id) > (%(day)s::date, %(after)s::uuid)
ORDER BY due_on, id LIMIT %(most)s FOR UPDATE
""")
_EARLIEST, _NOTHING = date(1, 1, 1), UUID(int=0)


def overdue(connection: sa.Connection, today: date, after: FundUse | None, most: int) -> list[FundUse]:
    """What should have been returned before a day, behind ``after``, locked."""
    day, last = (_EARLIEST, _NOTHING) if after is None else (after.due_on, after.id)
    return [FUND_USES.made(row) for row in _OVERDUE.rows(connection, today=today, day=day, after=last, most=most)]
