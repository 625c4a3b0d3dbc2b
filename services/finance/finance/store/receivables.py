"""Receivables, receipts and plans as rows. Whoever changes a receipt holds its receivable's lock first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.finance.receipts import MoneyOfCustomer, MoneyOfOrder
from crm_common.statements import insertion, written
from crm_common.store import Store
from finance.domain.receipt import Receipt
from finance.domain.receipt_plan import Instalment
from finance.domain.receivable import Receivable
from finance.store.records import Records
from finance.tables.receivables import receipt, receipt_plan, receivable

RECEIVABLES = Records(receivable, Receivable)
RECEIPTS = Records(receipt, Receipt)
_ADD_PLAN = insertion(receipt_plan)
_OF_ORDER = written("SELECT id FROM receivable WHERE order_id = %(order)s::uuid")
_RECEIVABLE_OF = written("SELECT receivable_id FROM receipt WHERE id = %(id)s::uuid")
_BY_HAND = written("SELECT EXISTS (SELECT FROM receivable WHERE order_id IS NULL) AS found")
_PENDING_OF = written(
    "SELECT id FROM receipt WHERE receivable_id = %(receivable)s::uuid AND state = 'PENDING' ORDER BY id FOR UPDATE"
)
_PLAN = written("""
SELECT id, number, due_on, amount, planned_before, remark FROM receipt_plan
WHERE receivable_id = %(receivable)s::uuid ORDER BY number
""")
_TO_COLLECT = """
SELECT id FROM receivable WHERE state IN ('OPEN', 'PARTIAL', 'OVERDUE') AND due_on <= %(until)s
    AND (due_on, id) > (%(after_day)s, %(after)s) ORDER BY due_on, id LIMIT %(first)s
"""
_REMINDED = written("""
INSERT INTO collection_reminder (receivable_id, due_on, stage, reminded_at)
VALUES (%(id)s::uuid, %(due)s::date, %(stage)s::integer, %(now)s::timestamptz) ON CONFLICT DO NOTHING RETURNING stage
""")
_ORDERS = """
SELECT order_id, amount, received, refunded,
    CASE WHEN state IN ('OPEN', 'PARTIAL', 'OVERDUE') THEN amount - received + refunded ELSE 0.00 END, currency
FROM receivable WHERE order_id = ANY(%s::uuid[])
"""
_CUSTOMERS = """
SELECT customer_id, sum(amount - received + refunded),
    coalesce(sum(amount - received + refunded) FILTER (WHERE due_on < %(today)s), 0.00), currency
FROM receivable WHERE customer_id = ANY(%(ids)s::uuid[]) AND state IN ('OPEN', 'PARTIAL', 'OVERDUE')
GROUP BY customer_id, currency ORDER BY customer_id, currency
"""


def of_order(connection: sa.Connection, order_id: UUID) -> Receivable | None:
    """The receivable of an order, locked."""
    found = _OF_ORDER.first(connection, order=order_id)
    return None if found is None else RECEIVABLES.locked(connection, found.id)


def receipt_with_receivable(connection: sa.Connection, receipt_id: UUID) -> tuple[Receipt | None, Receivable | None]:
    """A receipt and what it pays, both locked, in the order in which everybody locks them."""
    found = _RECEIVABLE_OF.first(connection, id=receipt_id)
    if found is None:
        return None, None
    pays = None if found.receivable_id is None else RECEIVABLES.locked(connection, found.receivable_id)
    return RECEIPTS.locked(connection, receipt_id), pays


def any_by_hand(connection: sa.Connection) -> bool:
    """Whether anything is owed without an order."""
    return bool(_BY_HAND.first(connection).found)


def pending_receipts(connection: sa.Connection, receivable_id: UUID) -> list[Receipt]:
    """The receipts of a receivable about which nobody has decided, locked."""
    found = [RECEIPTS.get(connection, row.id) for row in _PENDING_OF.rows(connection, receivable=receivable_id)]
    return [each for each in found if each is not None]


def plan(connection: sa.Connection, receivable_id: UUID) -> list[Instalment]:
    """The instalments of a receivable."""
    return [Instalment(**row._asdict()) for row in _PLAN.rows(connection, receivable=receivable_id)]


def set_plan(connection: sa.Connection, receivable_id: UUID, instalments: Sequence[Instalment], now: datetime) -> None:
    """These are the instalments now."""
    connection.exec_driver_sql("DELETE FROM receipt_plan WHERE receivable_id = %s", (receivable_id,))
    for each in instalments:
        _ADD_PLAN.run(
            connection, id=each.id, receivable_id=receivable_id, number=each.number, due_on=each.due_on,
            amount=each.amount, planned_before=each.planned_before, remark=each.remark, created_at=now,
        )  # fmt: skip


def to_collect(store: Store, until: date, after: tuple[date, UUID], first: int) -> list[UUID]:
    """Unpaid receivables that are due ``until`` then, in the order of their due days, behind ``after``."""
    values = {"until": until, "after_day": after[0], "after": after[1], "first": first}
    return [row[0] for row in store.rows(_TO_COLLECT, values)]


def note_reminder(connection: sa.Connection, of: Receivable, stage: int, now: datetime) -> bool:
    """Whether nobody was reminded of this stage of the due day before; now somebody is."""
    return _REMINDED.first(connection, id=of.id, due=of.due_on, stage=stage, now=now) is not None


def order_money(store: Store, order_ids: Sequence[UUID]) -> list[MoneyOfOrder]:
    """What is known of these orders' money."""
    return [
        MoneyOfOrder(
            order_id=row[0], receivable=row[1], confirmed=row[2], refunded=row[3], open=max(row[4], 0 * row[4]),
            currency=row[5],
        )
        for row in store.rows(_ORDERS, (list(order_ids),))
    ]  # fmt: skip


def customer_money(store: Store, customer_ids: Sequence[UUID], today: date) -> list[MoneyOfCustomer]:
    """What these customers owe, by currency."""
    rows = store.rows(_CUSTOMERS, {"ids": list(customer_ids), "today": today})
    return [MoneyOfCustomer(customer_id=row[0], open=row[1], overdue=row[2], currency=row[3]) for row in rows]
