"""Payables, their plans and payments as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from crm_common.ids import Ids
from crm_common.statements import statement, written
from finance.domain.payable import Payable, Payment
from finance.store.records import Records
from finance.tables.spending import payable, payment, payment_plan

PAYABLES = Records(payable, Payable)
PAYMENTS = Records(payment, Payment)
_OF_CLAIM = written("SELECT id FROM payable WHERE claim_id = %(claim)s")
_PLAN = statement(
    sa.select(payment_plan.c.due_on, payment_plan.c.amount)
    .where(payment_plan.c.payable_id == sa.bindparam("payable"))
    .order_by(payment_plan.c.place)
)
_NO_PLAN = statement(sa.delete(payment_plan).where(payment_plan.c.payable_id == sa.bindparam("payable")))
_PASS_PLAN = written("UPDATE payment_plan SET owner_id = %(owner)s WHERE payable_id = %(payable)s")
_PASS_PAYMENTS = written("UPDATE payment SET owner_id = %(owner)s WHERE payable_id = %(payable)s")
_COLUMNS = ", ".join(each.name for each in fields(Payable))
_DUE = written(f"""
SELECT {_COLUMNS} FROM payable WHERE state IN ('OPEN', 'PARTIAL', 'OVERDUE')
AND due_on <= %(until)s::date AND (due_on, id) > (%(day)s::date, %(after)s::uuid)
ORDER BY due_on, id LIMIT %(most)s FOR UPDATE
""")
_EARLIEST, _NOTHING = date(1, 1, 1), UUID(int=0)


def of_claim(connection: sa.Connection, claim_id: UUID) -> Payable:
    """What is owed for an approved claim, locked."""
    found = PAYABLES.locked(connection, _OF_CLAIM.first(connection, claim=claim_id).id)
    assert found is not None
    return found


def plan(connection: sa.Connection, payable_id: UUID) -> list[tuple[str, str]]:
    """Day and amount of each instalment, in order."""
    return [(row.due_on.isoformat(), str(row.amount)) for row in _PLAN.rows(connection, payable=payable_id)]


def replace_plan(
    connection: sa.Connection, owed: Payable, instalments: Sequence[tuple[date, object]], new_id: Ids
) -> list[UUID]:
    """Keep these instalments instead of those before; their ids."""
    _NO_PLAN.run(connection, payable=owed.id)
    rows = [
        {"id": new_id(), "place": place, "due_on": due_on, "amount": amount}
        | {"payable_id": owed.id, "owner_id": owed.owner_id}
        for place, (due_on, amount) in enumerate(instalments, start=1)
    ]
    if rows:
        connection.execute(sa.insert(payment_plan), rows)
    return [UUID(str(row["id"])) for row in rows]


def pass_on(connection: sa.Connection, of: Payable) -> None:
    """What is planned and paid is in the hands of whoever is in charge of the payable now."""
    _PASS_PLAN.run(connection, payable=of.id, owner=of.owner_id)
    _PASS_PAYMENTS.run(connection, payable=of.id, owner=of.owner_id)


def due(connection: sa.Connection, until: date, after: Payable | None, most: int) -> list[Payable]:
    """Unpaid payables that are due until a day, behind ``after``, locked."""
    day, last = (_EARLIEST, _NOTHING) if after is None else (after.due_on, after.id)
    return [PAYABLES.made(row) for row in _DUE.rows(connection, until=until, day=day, after=last, most=most)]
